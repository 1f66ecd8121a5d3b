"""Feeds that other programs read: Atom for everybody, a calendar for each student."""
