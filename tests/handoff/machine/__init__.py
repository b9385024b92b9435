"""The service without background workers: each step of a worker is a step of the test."""
