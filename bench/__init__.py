"""Measures this system beside stock Rasa with the same model, on one machine, in turns."""
