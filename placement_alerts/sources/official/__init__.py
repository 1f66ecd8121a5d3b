"""The college's official placement page."""
