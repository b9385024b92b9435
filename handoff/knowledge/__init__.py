"""The approved words: a key from the bot becomes the text that a citizen reads."""

from handoff.knowledge.desks import Desks
from handoff.knowledge.directory import Directory, Ward
from handoff.knowledge.opening_words import told
from handoff.knowledge.words import Knowledge, UnknownWords, Wording

__all__ = ["Desks", "Directory", "Knowledge", "UnknownWords", "Ward", "Wording", "told"]
