"""`make torture`: real processes die at random moments under load, and no promise may break."""
