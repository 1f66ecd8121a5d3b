"""Where notices come from: one file, one source."""
