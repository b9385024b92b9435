"""Cuts a long text where a reader would pause."""

from collections.abc import Callable

PAUSES = ("\n\n", "\n", ". ", "? ", "! ", "; ", ", ", " ")


def characters(text: str) -> int:
    return len(text)


def utf16_units(text: str) -> int:
    """What Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(text: str) -> int:
    """What Instagram counts."""
    return len(text.encode("utf-8", "surrogatepass"))


def split(text: str, longest: int, measure: Callable[[str], int] = characters) -> list[str]:
    """Parts of at most `longest` by `measure`; none is empty, nothing but blanks is lost."""
    parts = []
    while measure(text) > longest:
        cut = _pause(_head(text, longest, measure))
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [part for part in [*parts, text] if part]


def _head(text: str, longest: int, measure: Callable[[str], int]) -> str:
    """The longest beginning that fits, found by halving."""
    low, high = 1, min(len(text), longest)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= longest:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def _pause(head: str) -> int:
    """After the last paragraph, line, sentence or word that ends in its second half."""
    for pause in PAUSES:
        cut = head.rfind(pause, len(head) // 2)
        if cut != -1:
            return cut + len(pause)
    return len(head)
