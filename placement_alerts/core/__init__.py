"""What notices, jobs, students and deliveries are, and every decision about them. Pure: no I/O, no clock, no logger."""
