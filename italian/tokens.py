"""Splits Italian text into words; an elided article is a word of its own (dell' + ecografia)."""

import re
from functools import cache, lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

# The tokeniser peels signs off one at a time, which takes the square of their number
RUN_OF_SIGNS = re.compile(r"(?<=(?:[^\w\s]|_){8})(?:[^\w\s]|_)+")


@cache
def _italian() -> Language:
    return spacy.blank("it")


def tokens(text: str) -> Doc:
    """A document with every token and its place in the text; of a run of signs the first eight."""
    return _italian().make_doc(RUN_OF_SIGNS.sub(lambda run: " " * len(run[0]), text))


def words(text: str) -> list[str]:
    """The words only: no punctuation, no apostrophe at the end of an elided word."""
    return list(_words(text))


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, ...]:
    found = (token.text.strip("'_-.") for token in tokens(text))
    return tuple(word for word in found if any(letter.isalnum() for letter in word))
