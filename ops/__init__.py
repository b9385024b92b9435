"""Builds, runs and checks Sportello with nothing but Python's standard library."""
