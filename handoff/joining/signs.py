"""What codes are made of."""

# No 0, O, 1, I, L to mistake; without vowels no code is a word
LETTERS, DIGITS = "BCDFGHJKMNPQRSTVWXZ", "23456789"
LENGTH = 8  # of 27 signs: 38 bits, for a quarter of an hour
