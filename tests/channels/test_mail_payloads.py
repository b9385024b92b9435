"""Mails as they lie in a mailbox: payloads/<channel>/<case>.eml, and <case>.json about them."""

import json
from pathlib import Path
from typing import Any

import pytest

from handoff.channel import Status
from handoff.channel.mailbox.base import MailChannel
from handoff.channel.mailbox.letter import Raw
from tests.channels.test_every_channel import PAYLOADS, opened, told


def _received(path: Path) -> Any:
    return json.loads(path.with_suffix(".json").read_text())["received"]


MAILS = [
    pytest.param(
        path.parent.name, path.read_bytes(), _received(path), id=f"{path.parent.name}-{path.stem}"
    )
    for path in sorted(PAYLOADS.glob("*/*.eml"))
]


@pytest.mark.parametrize(("name", "content", "received"), MAILS)
async def test_reads_mail(name: str, content: bytes, received: Any) -> None:
    async with opened(name) as channel:
        assert isinstance(channel, MailChannel)
        heard = channel.read(Raw(content, len(content)))
    assert [told(event) for event in heard] == received
    assert all(event.channel == name for event in heard)


@pytest.mark.parametrize(("name", "content"), [mail.values[:2] for mail in MAILS])
async def test_no_beginning_of_a_mail_stops_the_mailbox(name: str, content: bytes) -> None:
    async with opened(name) as channel:
        assert isinstance(channel, MailChannel)
        for cut in range(0, len(content), max(1, len(content) // 40)):
            channel.read(Raw(content[:cut], len(content), is_cut=True))


async def test_a_receipt_comes_with_its_own_bytes_unless_it_was_cut() -> None:
    content = (PAYLOADS / "pec" / "avvenuta_consegna.eml").read_bytes()
    async with opened("pec") as channel:
        assert isinstance(channel, MailChannel)
        [whole] = channel.read(Raw(content, len(content)))
        [cut] = channel.read(Raw(content, len(content) + 1, is_cut=True))
    assert isinstance(whole, Status)
    assert isinstance(cut, Status)
    assert whole.evidence is not None
    assert whole.evidence.content == content
    assert cut.evidence is None
