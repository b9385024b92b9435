"""What our programs write down: an event a line, with ids, never with anybody's words.

Pure Python ≥ 3.10; used in both worlds.
"""

from journal.ids import HEADER, bound, followed, headers, request_id_of, traced
from journal.lines import note, place_of, prepare

__all__ = [
    "HEADER",
    "bound",
    "followed",
    "headers",
    "note",
    "place_of",
    "prepare",
    "request_id_of",
    "traced",
]
