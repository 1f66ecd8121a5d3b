"""The text of a mail: its own words, told apart from forwarded blocks, quoted mails, footers and contact data."""
