"""Which files we take: by what is in them and by what they are called."""

import pytest

from handoff.attachments import Refused, Scanner, ScannerAway, check
from handoff.attachments.checking import (
    ARCHIVE,
    BROKEN,
    DISGUISED,
    EMPTY,
    INFECTED,
    LARGEST,
    TOO_BIG,
    TOO_MANY_PIXELS,
    UNKNOWN,
)
from tests.handoff.files import (
    EICAR,
    EXE,
    P7M,
    PDF,
    ZIP,
    boxed,
    fake_clamd,
    gif,
    jpeg,
    png,
    webp,
)

LARGE = {"width": 10_000, "height": 5_001}


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("referto.pdf", PDF, "application/pdf"),
        ("foto.JPG", jpeg(), "image/jpeg"),
        ("foto.png", png(), "image/png"),
        ("foto.gif", gif(), "image/gif"),
        ("foto.webp", webp(), "image/webp"),
        ("foto.heic", boxed(b"heic"), "image/heic"),
        ("voce.opus", b"OggS\x00\x02", "audio/ogg"),
        ("voce.mp3", b"\xff\xfb\x90\x64", "audio/mpeg"),
        ("voce.mp3", b"ID3\x04", "audio/mpeg"),
        ("voce.aac", b"\xff\xf1\x50\x80", "audio/aac"),
        ("voce.m4a", boxed(b"M4A "), "audio/mp4"),
        ("voce.wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("video.mp4", boxed(b"isom"), "video/mp4"),
        ("nota.txt", "perché no?\n".encode(), "text/plain"),
    ],
)
def test_a_file_whose_name_and_content_agree_is_taken(
    name: str, content: bytes, media_type: str
) -> None:
    seen = check(name, content)
    assert (seen.name, seen.media_type) == (name, media_type)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("../../x.pdf.exe", PDF, UNKNOWN),
        ("x.pdf", EXE, UNKNOWN),
        ("x.pdf", png(), DISGUISED),
        ("x.png", PDF, DISGUISED),
        ("pagina.html", b"<html><script>alert(1)</script>", UNKNOWN),
        ("pagina.svg", b"<svg onload='alert(1)'/>", UNKNOWN),
        ("archivio.zip", ZIP, ARCHIVE),
        ("lettera.docx", ZIP, ARCHIVE),
        ("lettera.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ARCHIVE),
        ("finto.pdf", ZIP, ARCHIVE),
        ("virus.txt", EICAR, INFECTED),
        ("vuoto.pdf", b"", EMPTY),
        ("enorme.pdf", PDF + bytes(LARGEST), TOO_BIG),
        ("bomba.png", png(**LARGE), TOO_MANY_PIXELS),
        ("bomba.jpg", jpeg(**LARGE), TOO_MANY_PIXELS),
        ("bomba.gif", gif(50_000, 50_000), TOO_MANY_PIXELS),
        ("bomba.webp", webp(**LARGE), TOO_MANY_PIXELS),
        ("rotta.png", png()[:18], BROKEN),
        ("rotta.jpg", b"\xff\xd8\xff", BROKEN),
        ("nulla.jpg", jpeg(0, 0), BROKEN),
        ("atto.pdf.p7m", P7M, UNKNOWN),
        ("video.mov", boxed(b"qt  "), UNKNOWN),
        ("zero.txt", b"a\x00b", UNKNOWN),
    ],
)
def test_what_is_harmful_or_hides_what_it_is_is_refused(
    name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(Refused) as refusal:
        check(name, content)
    assert str(refusal.value) == reason


def test_a_signed_file_is_taken_beside_evidence_only() -> None:
    assert check("atto.pdf.p7m", P7M, beside_evidence=True).name == "atto.pdf.p7m"


def test_a_name_without_an_ending_or_with_a_cousins_gets_the_true_one() -> None:
    assert check("immagine", png()).name == "immagine.png"
    assert check("foto.jpg", png()).name == "foto.png"
    assert check("voce.m4a", boxed(b"isom")).name == "voce.mp4"
    assert check("Referto del dott. Rossi", PDF).name == "Referto del dott. Rossi.pdf"
    assert check("", PDF).name == "documento.pdf"
    assert check("../../etc/passwd", PDF).name == "passwd.pdf"


async def test_a_scanner_that_finds_nothing_lets_a_file_pass() -> None:
    content = PDF + bytes(200_000)
    async with fake_clamd() as clamd:
        await Scanner.at(clamd.url).look(content)
        assert clamd.heard == [content]


async def test_a_scanner_that_finds_something_refuses() -> None:
    async with fake_clamd() as clamd:
        clamd.answer = b"stream: Eicar-Test-Signature FOUND\0"
        with pytest.raises(Refused):
            await Scanner.at(clamd.url).look(PDF)


@pytest.mark.parametrize(
    "answer",
    [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK", b"\0", b"x" * 10_000 + b"\0"],
)
async def test_any_other_answer_is_no_answer(answer: bytes) -> None:
    async with fake_clamd() as clamd:
        clamd.answer = answer
        with pytest.raises(ScannerAway):
            await Scanner.at(clamd.url).look(PDF)


async def test_a_scanner_that_is_away_or_silent_is_away() -> None:
    with pytest.raises(ScannerAway):
        await Scanner.at("tcp://127.0.0.1:1").look(PDF)
    async with fake_clamd() as clamd:
        clamd.answer = None
        port = int(clamd.url.rpartition(":")[2])
        with pytest.raises(ScannerAway):
            await Scanner("127.0.0.1", port, patience=0.1).look(PDF)


async def test_without_a_scanner_nothing_is_asked() -> None:
    await Scanner.at("").look(PDF)
