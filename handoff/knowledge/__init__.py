"""The approved words: a key from the bot becomes the text that a citizen reads."""

from handoff.knowledge.desks import Desks
from handoff.knowledge.directory import Directory, Ward
from handoff.knowledge.fresh import keep_fresh
from handoff.knowledge.opening_words import told
from handoff.knowledge.words import Expired, Knowledge, UnknownWords, Wording

__all__ = [
    "Desks",
    "Directory",
    "Expired",
    "Knowledge",
    "UnknownWords",
    "Ward",
    "Wording",
    "keep_fresh",
    "told",
]
