"""The mailbox that gets the placement office's mail."""
