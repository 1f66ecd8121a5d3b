"""The Telegram bot that students talk to."""
