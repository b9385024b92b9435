"""Receipts of certified mail: kept as they came, beside the message that they are about."""

import hashlib

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from handoff import attachments, conversations, tickets
from handoff.channel import Attachment, Status
from handoff.gateway import Gateway
from handoff.tables import Attachment as Row
from handoff.tables import Message, Oddity
from tests.handoff.desk import Desk, hire

RECEIPT = (
    b"From: posta-certificata@gestore.example\r\nX-Ricevuta: avvenuta-consegna\r\n\r\n\xe8\x00"
)


def receipt(key: str | None, content: bytes = RECEIPT) -> Status:
    original = Attachment(
        kind="file",
        name="ricevuta-avvenuta-consegna.eml",
        media_type="message/rfc822",
        content=content,
        original=True,
    )
    return Status(channel="pec", state="delivered", key=key, external_id="<m>", evidence=original)


async def written(gateway: Gateway) -> Message:
    """A letter of ours, and the ticket that it belongs to."""
    async with gateway.database.begin() as session:
        talk, _ = await conversations.find_or_add(
            session, channel="pec", address="ada@pec.example", pulled=False
        )
        await tickets.open_ticket(session, talk, kind="posta", reason="scritto")
        return await conversations.say(session, talk, author="operator", text="Ecco gli atti.")


async def shown(desk: Desk, letter: Message) -> list[dict[str, object]]:
    found = (await desk.looks("tickets", params={"state": "all"})).json()["tickets"]
    ticket = (await desk.looks(f"tickets/{found[0]['id']}")).json()
    [said] = [each for each in ticket["messages"] if each["id"] == letter.id]
    return list(said["receipts"])


async def test_an_operator_saves_the_very_bytes_that_came(app: FastAPI, gateway: Gateway) -> None:
    letter = await written(gateway)
    for _ in range(2):  # the mailbox is read again
        await gateway.take(receipt(letter.id))
    await gateway.take(receipt(letter.id, b"another"))
    desk = await Desk(app).enters(await hire(gateway.database, "carla"))
    first, second = await shown(desk, letter)
    assert first["sha256"] == hashlib.sha256(RECEIPT).hexdigest()
    assert (first["name"], second["size"]) == ("ricevuta-avvenuta-consegna.eml", 7)
    saved = await desk.client.get(f"/allegati/{first['id']}")
    assert saved.content == RECEIPT
    assert saved.headers["content-disposition"].startswith("attachment;")


async def test_a_receipt_is_no_file_of_the_message_and_never_leaves_with_it(
    gateway: Gateway,
) -> None:
    letter = await written(gateway)
    await gateway.take(receipt(letter.id))
    async with gateway.database.read() as session:
        assert await attachments.kept_of(session, letter.id) == []
        assert (await session.get_one(Message, letter.id)).attachments == []


@pytest.mark.parametrize("key", [None, "0" * 32])
async def test_a_receipt_about_nothing_of_ours_is_kept_apart(
    gateway: Gateway, key: str | None
) -> None:
    await gateway.take(receipt(key))
    async with gateway.database.read() as session:
        kinds = list(await session.scalars(select(Oddity.kind)))
        assert await session.scalar(select(func.count()).select_from(Row)) == 0
    assert kinds == ["receipt_of_unknown"]
