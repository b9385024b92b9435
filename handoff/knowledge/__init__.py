"""The approved words: a key from the bot becomes the text that a citizen reads."""

from handoff.knowledge.directory import Directory, Ward
from handoff.knowledge.words import Knowledge, UnknownWords, Wording

__all__ = ["Directory", "Knowledge", "UnknownWords", "Ward", "Wording"]
