"""What a citizen says to join channels: a few exact commands, understood without the bot."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from handoff.joining.signs import DIGITS, LETTERS
from italian.hidden import HIDDEN

PREFIX = "canali:"
ASK, YES, NO, PART = (PREFIX + step for step in ("codice", "si", "no", "scollega"))
CHANNELS = "telegram|whatsapp|messenger|instagram|facebook|x|la mail|e-?mail|la chat|chat"
ASKS = re.compile(rf"collega(?: (?:(?:un )?altro canale|i canali|(?:anche )?(?:{CHANNELS})))?")
PARTS = re.compile(r"scollega(?: (?:tutto|il canale|i canali|l'altro canale))?")
BEGINS = r"\s*/?collega\b[ :]*(?:il )?(?:codice\b[ :]*)?[«\"“]?"
GROUP = f"[{LETTERS}{DIGITS}]{{4}}"
WHOLE = rf"(?<!\w)(?P<code>{GROUP}[ \-‐-―]?{GROUP})(?!\w)"
USES = re.compile(BEGINS + WHOLE, re.I)
BARE = re.compile(rf"\s*{WHOLE}\s*", re.I)
ANYWHERE = re.compile(WHOLE, re.I)
# A slip of the pen: six to ten signs and nothing else on the line, to be hidden all the same
NEARLY = re.compile(BEGINS + r"(?P<code>[\w .\-‐-―]{6,14}?)[ .!»\"”]*(?:\n|$)", re.I)
DASHES = re.compile(r"[\s.\-‐-―]")
CODE = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{6,10}")
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
    """A code follows the command; what stands after it, a greeting or a signature, does not."""
    for pattern in (USES, NEARLY):
        if (found := pattern.match(text)) and (code := _code(found)):
            return Wish("use", _hidden(text, found), code)
    if (found := BARE.fullmatch(text)) and "-" in text and (code := _code(found)):
        return Wish("use", _hidden(text, found), code)
    return None


def may_be_codes(text: str) -> Iterator[tuple[str, str]]:
    """What looks like a code in other words: the bare signs, and the text without them."""
    for found in ANYWHERE.finditer(text):
        if code := _code(found):
            yield code, _hidden(text, found)


def _code(found: re.Match[str]) -> str | None:
    code = DASHES.sub("", found["code"]).upper()
    return code if CODE.fullmatch(code) else None


def _hidden(text: str, found: re.Match[str]) -> str:
    start, end = found.span("code")
    return text[:start] + HIDDEN["code"] + text[end:]


def consent(text: str) -> bool | None:
    """Yes, no, or something else."""
    words = _plain(text).replace(",", "")
    if words in YES_WORDS:
        return True
    return False if words in NO_WORDS else None


def _plain(text: str) -> str:
    words = text.casefold().replace("’", "'").strip(' \t\r\n«»"“”.!/')
    return " ".join(words.split())
