"""The SuperSet portal."""
