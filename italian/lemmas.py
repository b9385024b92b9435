"""Brings Italian words to their dictionary form: prenotata, prenotando -> prenotare."""

from functools import lru_cache

import simplemma


@lru_cache(maxsize=50_000)
def lemma(word: str) -> str:
    return str(simplemma.lemmatize(word, lang="it")).lower() if word else ""


def lemmas(words: list[str]) -> list[str]:
    return [lemma(word) for word in words]
