"""Splits a message into the clauses that may ask for different things."""

import re

from italian.normalise import normalise

PLAIN = (
    r"(?:come|dove|dov'è|quando|quanto|quanti|qual|quale|chi|che|a che|vorrei|volevo|devo|posso"
    r"|mi serve|mi dite|mi dice|avete|c'è|ci sono|per)\b"
)
# After "e" or a colon these begin a question, too; after a comma they may end one
AFTER_AND = (
    r"(?:(?:a|da|di|in|con|fino a|entro|dopo) (?:che|chi|dove|quando|qual[ei]|quant[oie])"
    r"|quali|quante|voglio|vorremmo|possiamo|si può|mi servirebbe|mi dai|mi dà|mi date|mi sa dire"
    r"|mi dica|ditemi|sapere)\b"
)
BREAK = re.compile(
    rf"[?!;\n]+\s*|\.\s+|:\s+(?={PLAIN}|{AFTER_AND})"
    rf"|,? (?:e|ed|ma) (?:poi |anche |inoltre |invece )?(?={PLAIN}|{AFTER_AND})"
    rf"|,? (?:inoltre|e poi|e anche|in più)\b,? ?|, ?(?={PLAIN})"
)
SHORTEST, LONGEST, MOST = 2, 30, 4


def clauses(text: str) -> list[str]:
    """At least two clauses, or none when the message is one piece or a long story."""
    parts = [part.strip(" ,") for part in BREAK.split(normalise(text))]
    parts = [part for part in parts if SHORTEST <= len(part.split()) <= LONGEST]
    return parts if 1 < len(parts) <= MOST else []
