"""Set-up, running and deployment."""
