"""Settings: every source of them read once, at start, into frozen models."""
