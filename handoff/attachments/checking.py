"""Decides by content and name whether we take a file. What we say of a refusal is for people."""

import re
from dataclasses import dataclass

from handoff.attachments.intake import safe_name
from handoff.attachments.kinds import KINDS, Kind, is_archive, recognised
from handoff.attachments.pixels import is_measured, pixels

LARGEST = 20 * 1024 * 1024  # bytes
MOST_PIXELS = 50_000_000
ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})$")
TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"  # https://www.eicar.org

EMPTY = "Il file è vuoto."
TOO_BIG = "Il file è troppo grande: al massimo 20 MB."
TOO_MANY_PIXELS = "L'immagine è troppo grande: la mandi più piccola, per favore."
BROKEN = "L'immagine non si legge: forse è arrivata incompleta. La mandi di nuovo, per favore."
ARCHIVE = (
    "Per sicurezza non apriamo archivi (zip) e documenti di Word o Excel: "
    "li salvi in PDF e li mandi di nuovo, per favore."
)
UNKNOWN = "Questo tipo di file non si può ricevere: mandi un PDF o una foto, per favore."
DISGUISED = (
    "Il nome del file non corrisponde al suo contenuto: "
    "lo salvi in PDF e lo mandi di nuovo, per favore."
)
INFECTED = "Il file contiene un virus: non è stato conservato."


class Refused(Exception):
    """We do not take this file; the text says why, in Italian."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file truly is."""

    name: str
    media_type: str


def check(name: str, content: bytes, *, beside_evidence: bool = False) -> Seen:
    """Raises Refused unless content and name agree on a kind that we take."""
    _refuse_by_size(content)
    kind = recognised(content)
    if TEST_VIRUS in content[:256]:
        raise Refused(INFECTED)
    if is_archive(content):
        raise Refused(ARCHIVE)
    if kind is None or (kind.signed_only and not beside_evidence):
        raise Refused(UNKNOWN)
    _refuse_by_pixels(kind, content)
    return Seen(_name(safe_name(name), kind), kind.media_type)


def _refuse_by_size(content: bytes) -> None:
    if not content:
        raise Refused(EMPTY)
    if len(content) > LARGEST:
        raise Refused(TOO_BIG)


def _refuse_by_pixels(kind: Kind, content: bytes) -> None:
    if not is_measured(kind.media_type):
        return
    found = pixels(kind.media_type, content)
    if not found:
        raise Refused(BROKEN)
    if found > MOST_PIXELS:
        raise Refused(TOO_MANY_PIXELS)


def _name(name: str, kind: Kind) -> str:
    """With an ending that tells the truth: programs open a file by it."""
    found = ENDING.search(name)
    if found is None:
        return f"{name or 'documento'}.{kind.endings[0]}"
    ending = found[1].lower()
    if ending in kind.endings:
        return name
    of_another = [other for other in KINDS if ending in other.endings]
    if any(other.family == kind.family for other in of_another):
        return f"{name[: found.start()]}.{kind.endings[0]}"
    raise Refused(DISGUISED if of_another else UNKNOWN)
