"""How large a picture says it is, read from its header: nothing is decoded here.

A small file can unfold into gigabytes on the screen of whoever opens it.
"""

from collections.abc import Callable

# frame headers of JPEG (ITU-T T.81, table B.1): C4, C8 and CC are other things
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length


def pixels(media_type: str, content: bytes) -> int | None:
    """Width by height; None where the header is cut, or for what is measured elsewhere."""
    measure = MEASURES.get(media_type)
    size = measure(content) if measure else None
    return size[0] * size[1] if size else None


def is_measured(media_type: str) -> bool:
    return media_type in MEASURES


def _png(content: bytes) -> tuple[int, int] | None:
    if len(content) < 24 or content[12:16] != b"IHDR":
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _gif(content: bytes) -> tuple[int, int] | None:
    if len(content) < 10:
        return None
    return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """From segment to segment until the frame header."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in FRAMES:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        if marker == 0xFF:  # a fill byte
            place += 1
        elif marker in ALONE:
            place += 2
        else:
            place += 2 + max(2, int.from_bytes(content[place + 2 : place + 4], "big"))
    return None


def _webp(content: bytes) -> tuple[int, int] | None:
    """Lossy, lossless or extended: RFC 9649, sections 2.5 to 2.7."""
    if len(content) < 30:
        return None
    form = content[12:16]
    if form == b"VP8X":
        width, height = content[24:27], content[27:30]
        return 1 + int.from_bytes(width, "little"), 1 + int.from_bytes(height, "little")
    if form == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = content[26:28], content[28:30]
    return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF


MEASURES: dict[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
