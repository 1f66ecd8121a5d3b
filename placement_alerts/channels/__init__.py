"""How notices reach students: one file, one channel."""
