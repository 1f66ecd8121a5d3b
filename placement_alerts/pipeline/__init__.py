"""The only place where stages meet: intake, planning, fan-out."""
