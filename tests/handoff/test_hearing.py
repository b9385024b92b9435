"""Messages that are more than words: letters, threads, albums, files, what was taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from handoff import conversations
from handoff.attachments import safe_name
from handoff.channel import Attachment, Inbound, Oddity, Reach, Status, Withdrawn
from handoff.db import Database
from handoff.gateway import Gateway, PrivacyNotice
from handoff.knowledge import Knowledge
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tables import (
    AttachmentContent,
    Conversation,
    Inbox,
    Message,
    Ticket,
    TicketEvent,
    present,
)
from handoff.tables import Oddity as OddityRow

HEART = "mi fa male il petto e non respiro"


@pytest.fixture
def gateway(database: Database) -> Gateway:
    """Without workers: nothing answers but what is said at once."""
    notice = PrivacyNotice("https://example.it/privacy", "1")
    knowledge = Knowledge.load(ROOT / "data")
    return Gateway(database, knowledge, Safety.load(ROOT / "data"), privacy=notice)


def letter(number: int, **values: Any) -> Inbound:
    return Inbound(
        channel="pec", external_id=f"<{number}@pec>", **({"address": "anna@pec.it"} | values)
    )


async def everything(gateway: Gateway) -> list[Message]:
    async with gateway.database.read() as session:
        return list(await session.scalars(select(Message).order_by(Message.created_at)))


async def tickets(gateway: Gateway) -> list[Ticket]:
    async with gateway.database.read() as session:
        return list(await session.scalars(select(Ticket)))


async def test_a_letter_goes_to_a_person_and_nothing_is_answered(gateway: Gateway) -> None:
    await gateway.take(
        letter(1, text="Chiedo copia degli atti", subject="Istanza", wants="person")
    )
    said = await everything(gateway)
    assert [message.author for message in said] == ["citizen"]
    assert said[0].trace["subject"] == "Istanza"
    assert [ticket.kind for ticket in await tickets(gateway)] == ["posta"]
    async with gateway.database.read() as session:
        assert await session.scalar(select(Inbox.state)) == "done"


@pytest.mark.parametrize(("minutes", "is_late"), [(0, False), (9, False), (11, True), (300, True)])
async def test_fault_08_what_came_late_says_so_and_stands_where_it_came(
    gateway: Gateway, minutes: int, is_late: bool
) -> None:
    await gateway.take(letter(1, text="Istanza", wants="person"))
    written = present() - timedelta(minutes=minutes)
    await gateway.take(letter(2, text="Prima istanza", wants="person", written_at=written))
    first, second = await everything(gateway)
    assert [first.trace.get("late"), second.seq] == [None, 2]
    assert second.trace.get("late") == (written.isoformat() if is_late else None)


async def test_a_second_letter_joins_the_first_ticket(gateway: Gateway) -> None:
    for number in (1, 2):
        await gateway.take(letter(number, text="Istanza", wants="person"))
    [ticket] = await tickets(gateway)
    async with gateway.database.read() as session:
        events = list(
            await session.scalars(
                select(TicketEvent.kind)
                .where(TicketEvent.ticket_id == ticket.id)
                .order_by(TicketEvent.id)
            )
        )
    assert events == ["opened", "joined"]


async def test_an_emergency_by_letter_calls_a_person_without_a_machines_words(
    gateway: Gateway,
) -> None:
    await gateway.take(letter(1, subject="Aiuto", text=HEART, wants="person"))
    assert [(t.kind, t.priority) for t in await tickets(gateway)] == [("emergenza", 0)]
    assert [message.author for message in await everything(gateway)] == ["citizen"]


async def test_an_emergency_in_the_subject_alone_is_heard(gateway: Gateway) -> None:
    await gateway.take(letter(1, subject=HEART, text="vedi oggetto"))
    assert [ticket.kind for ticket in await tickets(gateway)] == ["emergenza"]


async def test_what_nobody_waits_behind_is_kept_and_left_alone(gateway: Gateway) -> None:
    await gateway.take(letter(1, text="Sono fuori ufficio fino a lunedì", wants="nobody"))
    assert [message.author for message in await everything(gateway)] == ["citizen"]
    assert await tickets(gateway) == []
    async with gateway.database.read() as session:
        assert await session.scalar(select(Conversation.heard_at)) is None


async def test_another_persons_answer_joins_the_thread_and_the_bot_tells_them_nothing(
    gateway: Gateway,
) -> None:
    first = await gateway.receive(letter(1, text="Istanza", wants="person"))
    await gateway.take(
        letter(2, address="marco@pec.it", text="Sono il figlio", thread=first.conversation_id)
    )
    said = await everything(gateway)
    assert {message.conversation_id for message in said} == {first.conversation_id}
    assert said[-1].trace["participant"] == "marco@pec.it"


async def test_a_token_of_another_channel_opens_no_thread(gateway: Gateway) -> None:
    first = await gateway.receive(letter(1, text="Istanza", wants="person"))
    await gateway.take(
        Inbound(
            channel="email",
            external_id="<9@x>",
            address="eva@x.it",
            text="Salve",
            thread=first.conversation_id,
        )
    )
    assert len({message.conversation_id for message in await everything(gateway)}) == 2


async def test_the_rest_of_an_album_is_answered_with_its_first_picture(gateway: Gateway) -> None:
    picture = (Attachment(kind="image", reference="r"),)
    for number in (1, 2, 3):
        await gateway.take(letter(number, group="g", attachments=picture))
    async with gateway.database.read() as session:
        states = list(await session.scalars(select(Inbox.state).order_by(Inbox.id)))
    assert states == ["ready", "done", "done"]


async def test_files_are_stored_with_the_message_and_an_original_untouched(
    gateway: Gateway,
) -> None:
    original = Attachment(kind="file", name="busta.eml", content=b"\r\nraw", original=True)
    await gateway.take(letter(1, text="x", wants="person", attachments=(original,)))
    [message] = await everything(gateway)
    assert [(a["name"], a["state"]) for a in message.attachments] == [("busta.eml", "kept")]
    async with gateway.database.read() as session:
        assert await session.scalar(select(AttachmentContent.content)) == b"\r\nraw"


async def test_a_withdrawn_message_loses_its_words_and_files(gateway: Gateway) -> None:
    file = Attachment(kind="file", name="a.pdf", content=b"%PDF")
    await gateway.take(letter(1, text="ho sbagliato", attachments=(file,)))
    await gateway.take(Withdrawn(channel="pec", external_id="<1@pec>"))
    assert "ho sbagliato" not in [message.text for message in await everything(gateway)]
    async with gateway.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(AttachmentContent)) == 0


async def test_an_edit_says_what_it_corrects(gateway: Gateway) -> None:
    first = await gateway.receive(letter(1, text="domani"))
    await gateway.take(letter(2, text="dopodomani", edits="<1@pec>"))
    edited = (await everything(gateway))[-1]
    assert edited.trace["edits"] == first.seq


async def test_a_citizen_who_blocked_us_is_unreachable_until_they_write(gateway: Gateway) -> None:
    received = await gateway.receive(letter(1, text="Salve"))
    await gateway.take(Reach(channel="pec", address="anna@pec.it", reachable=False))
    assert await unreachable(gateway, received.conversation_id)
    await gateway.take(letter(2, text="Eccomi"))
    assert not await unreachable(gateway, received.conversation_id)


async def unreachable(gateway: Gateway, conversation_id: str) -> bool:
    async with gateway.database.read() as session:
        return (await session.get_one(Conversation, conversation_id)).unreachable


async def test_what_nobody_understands_is_kept_once(gateway: Gateway) -> None:
    for _ in range(2):
        await gateway.take(Oddity(channel="x", external_id="7", kind="poll", body="{}"))
    async with gateway.database.read() as session:
        assert list(await session.scalars(select(OddityRow.body))) == ["{}"]


@pytest.mark.parametrize(
    "event",
    [
        Withdrawn(channel="x", external_id="never"),
        Reach(channel="x", address="never", reachable=False),
        Status(channel="x", state="read", external_id="never"),
    ],
    ids=lambda event: type(event).__name__,
)
async def test_tidings_of_what_we_never_had_change_nothing(gateway: Gateway, event: Any) -> None:
    await gateway.take(event)
    async with gateway.database.read() as session:
        assert await conversations.messages_after(session, "never", seq=0) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x.pdf.exe", "x.pdf.exe"),
        ("C:\\Utenti\\referto.pdf", "referto.pdf"),
        ("fattura\u202egpj.exe", "fatturagpj.exe"),
        ('a"b<c>.pdf', "abc.pdf"),
        ("...", ""),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_files_name_is_no_path_and_no_trick(given: str, kept: str) -> None:
    assert safe_name(given) == kept
