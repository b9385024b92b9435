"""What a citizen says to join channels: a few exact commands, understood without the bot."""

import re
from dataclasses import dataclass
from typing import Literal

from italian.hidden import HIDDEN

PREFIX = "canali:"
ASK, YES, NO, PART = (PREFIX + step for step in ("codice", "si", "no", "scollega"))
CHANNELS = "telegram|whatsapp|messenger|instagram|facebook|x|la mail|e-?mail|la chat|chat"
ASKS = re.compile(rf"collega(?: (?:(?:un )?altro canale|i canali|(?:anche )?(?:{CHANNELS})))?")
PARTS = re.compile(r"scollega(?: (?:tutto|il canale|i canali|l'altro canale))?")
# A word of six to ten signs, perhaps in two groups; what is no code is sorted out below
USES = re.compile(r"\s*/?collega\b[ :]*(?:il )?(?:codice\b[ :]*)?«?(?P<code>[\w .-]{6,14})", re.I)
BARE = re.compile(r"\s*(?P<code>\w{4}-\w{4})\s*", re.ASCII)
ENDS = re.compile(r"[\s.!»\"”]*(?:\n|$)")
DASHES = re.compile(r"[\s.\-‐-―]")
CODE = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{6,10}")  # of the right length, or nearly
YES_WORDS = frozenset({"sì", "si", "sì collega", "si collega", "sì grazie", "si grazie", "1"})
NO_WORDS = frozenset({"no", "no grazie", "2"})
Act = Literal["ask", "use", "part"]


@dataclass(frozen=True, slots=True)
class Wish:
    act: Act
    text: str  # what may be kept of the message: no code
    code: str = ""  # as typed, give or take case, blanks and dashes


def wish_of(text: str) -> Wish | None:
    """None for everything that is no command."""
    words = _plain(text)
    if ASKS.fullmatch(words):
        return Wish("ask", text)
    if PARTS.fullmatch(words):
        return Wish("part", text)
    return _use(text)


def _use(text: str) -> Wish | None:
    """A code stands on the first line; below it, mails have a greeting."""
    found = USES.match(text)
    if found and not ENDS.match(text, found.end()):
        return None
    found = found or BARE.fullmatch(text)
    code = DASHES.sub("", found["code"]).upper() if found else ""
    if found is None or not CODE.fullmatch(code):
        return None
    start, end = found.span("code")
    return Wish("use", text[:start] + HIDDEN["code"] + text[end:], code)


def consent(text: str) -> bool | None:
    """Yes, no, or something else."""
    words = _plain(text).replace(",", "")
    if words in YES_WORDS:
        return True
    return False if words in NO_WORDS else None


def _plain(text: str) -> str:
    words = text.casefold().replace("’", "'").strip(' \t\r\n«»"“”.!/')
    return " ".join(words.split())
