"""What changed between two texts, word by word."""

import re
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|[^\s]+")


def difference(before: str, after: str) -> list[dict[str, str]]:
    """Pieces in order, each `same`, `removed` or `added`; together they hold both texts."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces: list[dict[str, str]] = []
    for kind, first, last, start, end in SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            pieces.append({"kind": "same", "text": "".join(old[first:last])})
            continue
        for name, words in (("removed", old[first:last]), ("added", new[start:end])):
            if words:
                pieces.append({"kind": name, "text": "".join(words)})
    return pieces
