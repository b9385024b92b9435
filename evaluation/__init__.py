"""Asks Sportello messages it was never trained on and counts what it did with them."""
