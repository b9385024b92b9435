"""Which files we take, and how their first bytes look: what a name claims proves nothing.

Signatures: https://www.iana.org/assignments/media-types and the formats' own specifications.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # 1.2.840.113549.1.7.2, RFC 5652
HEIC = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc")
NOT_MP4 = (b"qt  ", b"avif", b"avis", b"crx ", b"jp2 ")
ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE: .doc, .xls, but also .msi
# first frames: sync, version and layer; ADTS has layer 0, MP3 layer 3 (ISO 13818-7, 11172-3)
AAC = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
MP3 = re.compile(rb"ID3|\xff[\xfa\xfb\xf2\xf3\xe2\xe3][\x00-\xef]")
CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\x0c")


@dataclass(frozen=True, slots=True)
class Kind:
    """A format; `endings` are the names it may bear, the first one is what we give it."""

    media_type: str
    endings: tuple[str, ...]
    family: str  # within it a wrong ending is a slip, across it a disguise
    looks_so: Callable[[bytes], bool]
    signed_only: bool = False  # only beside evidence: certified mail


def _starts(*heads: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(heads)


def _matches(head: re.Pattern[bytes]) -> Callable[[bytes], bool]:
    return lambda content: head.match(content) is not None


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda content: content[:4] == b"RIFF" and content[8:12] == form


def _brand(content: bytes) -> bytes:
    return content[8:12] if content[4:8] == b"ftyp" else b""


def _is_mp4(content: bytes) -> bool:
    return _brand(content) not in (b"", b"M4A ", *HEIC, *NOT_MP4)


def _is_signed(content: bytes) -> bool:
    return content[:1] == b"\x30" and SIGNED_DATA in content[:32]


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(content) and CONTROLS.isdisjoint(content)


KINDS = (
    Kind("application/pdf", ("pdf",), "document", _starts(b"%PDF-")),
    Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), "image", _starts(b"\xff\xd8\xff")),
    Kind("image/png", ("png",), "image", _starts(b"\x89PNG\r\n\x1a\n")),
    Kind("image/gif", ("gif",), "image", _starts(b"GIF87a", b"GIF89a")),
    Kind("image/webp", ("webp",), "image", _riff(b"WEBP")),
    Kind("image/heic", ("heic", "heif"), "image", lambda content: _brand(content) in HEIC),
    Kind("audio/ogg", ("ogg", "oga", "opus"), "sound", _starts(b"OggS")),
    Kind("audio/wav", ("wav",), "sound", _riff(b"WAVE")),
    Kind("audio/mp4", ("m4a",), "sound", lambda content: _brand(content) == b"M4A "),
    Kind("video/mp4", ("mp4", "m4v"), "sound", _is_mp4),
    Kind("audio/aac", ("aac",), "sound", _matches(AAC)),
    Kind("audio/mpeg", ("mp3",), "sound", _matches(MP3)),
    Kind("application/pkcs7-mime", ("p7m",), "signed", _is_signed, signed_only=True),
    Kind("text/plain", ("txt",), "text", _is_text),
)
MEDIA_TYPES = frozenset(kind.media_type for kind in KINDS)


def recognised(content: bytes) -> Kind | None:
    """The first format that the content has."""
    return next((kind for kind in KINDS if kind.looks_so(content)), None)


def is_archive(content: bytes) -> bool:
    return content.startswith((*ARCHIVES, OLD_OFFICE))
