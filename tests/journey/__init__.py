"""One citizen on each channel, from the question to the closing; a test and a demonstration."""
