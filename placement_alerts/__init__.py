"""Brings every placement notice of a college to each student whom it concerns, once."""

__version__ = "0.1.0"
