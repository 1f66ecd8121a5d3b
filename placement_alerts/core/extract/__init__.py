"""What stands in a message, field by field. Pure: every function looks at a `Text` and returns what it says."""
