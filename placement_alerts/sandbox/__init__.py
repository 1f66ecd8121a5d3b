"""Simulated peers that speak the real protocols on 127.0.0.1, for the demo and the tests."""
