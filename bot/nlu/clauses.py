"""Splits a message into the clauses that may ask for different things."""

import re

from italian.normalise import normalise

QUESTION_WORD = (
    r"(?:come|dove|dov'è|quando|quanto|quanti|qual|quale|chi|che|a che|vorrei|volevo|devo|posso"
    r"|mi serve|mi dite|mi dice|avete|c'è|ci sono|per)\b"
)
BREAK = re.compile(
    rf"[?!;\n]+\s*|\.\s+|,? (?:e|ed|ma) (?:poi |anche |inoltre |invece )?(?={QUESTION_WORD})"
    rf"|,? (?:inoltre|e poi|e anche|in più)\b,? ?|, ?(?={QUESTION_WORD})"
)
SHORTEST, LONGEST, MOST = 2, 30, 4


def clauses(text: str) -> list[str]:
    """At least two clauses, or none when the message is one piece or a long story."""
    parts = [part.strip(" ,") for part in BREAK.split(normalise(text))]
    parts = [part for part in parts if SHORTEST <= len(part.split()) <= LONGEST]
    return parts if 1 < len(parts) <= MOST else []
