"""What operators see of channels: what became of a message, and whether one may still write."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Select, func, select, update

from handoff import conversations, tickets
from handoff.channel import Channel, Inbound, Outbound, PermanentFailure, Receipt
from handoff.panel.reach import ANSWER_YOURSELF, BY_TEMPLATE, NOT_HERE, reach
from handoff.tables import Conversation, Message, Outbox, Ticket, present
from tests.handoff.desk import Desk, hire, uploads
from tests.handoff.files import PDF, png
from tests.handoff.talk import Citizen

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
FILES = [(PDF, "modulo.pdf"), (png(), "mappa.png")]


class Windowed(Channel):
    name = "post"
    window = DAY
    has_templates = False

    async def send(self, message: Outbound) -> Receipt:
        return Receipt()


class Templated(Windowed):
    has_templates = True


class ForPersons(Windowed):
    human_window = timedelta(days=7)


@pytest.fixture
async def carla(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "carla"))


def silent_for(silence: timedelta, *, unreachable: bool = False) -> Conversation:
    return Conversation(
        channel="post", address="anna", heard_at=NOW - silence, unreachable=unreachable
    )


def test_an_open_window_tells_until_when_one_may_write() -> None:
    told = reach(Windowed(), silent_for(timedelta(hours=1)), NOW)
    assert (told["standing"], told["until"]) == ("open", (NOW + timedelta(hours=23)).isoformat())


def test_a_person_may_write_for_as_long_as_persons_may() -> None:
    told = reach(ForPersons(), silent_for(2 * DAY), NOW)
    assert (told["standing"], told["until"]) == ("open", (NOW + 5 * DAY).isoformat())


@pytest.mark.parametrize(
    ("channel", "standing"), [(Windowed(), "closed"), (Templated(), "template_only")]
)
def test_after_the_window_only_a_template_goes_or_nothing(channel: Channel, standing: str) -> None:
    told = reach(channel, silent_for(2 * DAY), NOW)
    assert (told["standing"], told["until"], told["window_hours"]) == (standing, None, 24)


def test_who_blocked_us_is_told_as_unreachable() -> None:
    assert reach(Windowed(), silent_for(DAY, unreachable=True), NOW)["unreachable"]


def test_a_channel_that_does_not_run_is_told() -> None:
    assert reach(None, silent_for(DAY), NOW)["standing"] == "inactive"


async def seen(app: FastAPI, desk: Desk, conversation_id: str) -> dict[str, object]:
    async with app.state.database.read() as session:
        wanted = select(Ticket.id).where(Ticket.conversation_id == conversation_id)
        ticket = await session.scalar(wanted.limit(1))
    answer = await desk.looks(f"tickets/{ticket}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def written_to(app: FastAPI, *, channel: str = "post") -> Message:
    """A conversation with a ticket and one message of an operator on its way."""
    async with app.state.database.begin() as session:
        talk, _ = await conversations.find_or_add(
            session, channel=channel, address="anna", pulled=False
        )
        await tickets.open_ticket(session, talk, kind="reclamo", reason="modulo")
        return await conversations.say(session, talk, author="operator", text="Buongiorno")


@pytest.mark.parametrize(
    ("state", "cause"), [("failed", "window_closed"), ("withheld", None), ("read", None)]
)
async def test_what_became_of_a_message_is_told_with_its_cause(
    app: FastAPI, carla: Desk, state: str, cause: str | None
) -> None:
    message = await written_to(app)
    async with app.state.database.begin() as session:
        await session.execute(
            update(Outbox)
            .where(Outbox.message_id == message.id)
            .values(state=state, cause=cause, owner=None)
        )
    [told] = (await seen(app, carla, message.conversation_id))["messages"]  # type: ignore[misc, attr-defined]
    assert (told["delivery"], told["delivery_cause"]) == (state, cause)


async def test_another_persons_letter_in_a_thread_is_marked(
    app: FastAPI, citizen: Citizen, carla: Desk
) -> None:
    await citizen.hears("voglio parlare con una persona")
    assert citizen.last
    await citizen.gateway.receive(
        Inbound(
            channel="webchat",
            external_id="x1",
            address="bruno@example.it",
            text="sono il fratello",
            subject="La pratica di Anna",
            thread=citizen.last.conversation_id,
        )
    )
    messages = (await seen(app, carla, citizen.last.conversation_id))["messages"]
    last = messages[-1]  # type: ignore[index]
    assert (last["participant"], last["subject"]) == ("bruno@example.it", "La pratica di Anna")


async def test_a_protocol_number_is_written_corrected_and_taken_away(
    app: FastAPI, carla: Desk
) -> None:
    message = await written_to(app)
    ticket = await seen(app, carla, message.conversation_id)
    for number, told in ((" 2026 / 123 ", "2026 / 123"), ("2026/124", "2026/124"), ("", None)):
        answer = await carla.acts(ticket, "protocol", protocol=number)
        assert answer.status_code == 200, answer.text
        ticket = answer.json()
        assert ticket["protocol"] == told
    too_long = await carla.acts(ticket, "protocol", protocol="1" * 65)
    assert too_long.status_code == 422
    assert "64" in too_long.json()["detail"]


async def test_of_two_who_write_a_protocol_number_the_loser_is_told(
    app: FastAPI, carla: Desk
) -> None:
    message = await written_to(app)
    ticket = await seen(app, carla, message.conversation_id)
    assert (await carla.acts(ticket, "protocol", protocol="1")).status_code == 200
    assert (await carla.acts(ticket, "protocol", protocol="2")).status_code == 409


async def taken(app: FastAPI, desk: Desk, state: str) -> tuple[Message, dict[str, object]]:
    """A message in this state, its ticket with the operator."""
    message = await written_to(app)
    ticket = await seen(app, desk, message.conversation_id)
    answer = await desk.acts(ticket, "take")
    assert answer.status_code == 200, answer.text
    async with app.state.database.begin() as session:
        await session.execute(
            update(Outbox)
            .where(Outbox.message_id == message.id)
            .values(state=state, owner=None, lease_until=None)
        )
    return message, answer.json()


@pytest.mark.parametrize("state", ["failed", "unknown"])
async def test_what_did_not_arrive_is_sent_again_once(
    app: FastAPI, carla: Desk, state: str
) -> None:
    message, ticket = await taken(app, carla, state)
    answer = await carla.acts(ticket, f"messages/{message.id}/resend")
    assert answer.status_code == 200, answer.text
    last = answer.json()["messages"][-1]
    assert (last["text"], last["resent_of"]) == ("Buongiorno", message.id)
    assert last["delivery"]
    again = await carla.acts(answer.json(), f"messages/{message.id}/resend")
    assert again.status_code == 409


class Parcel(Channel):
    name = "post"
    takes_files = True

    def __init__(self) -> None:
        self.sent: list[Outbound] = []

    async def send(self, message: Outbound) -> Receipt:
        self.sent.append(message)
        raise PermanentFailure("non si può")


async def test_sent_again_it_carries_the_same_files_and_the_first_keeps_its_own(
    app: FastAPI, carla: Desk
) -> None:
    app.state.house.channels["post"] = app.state.channels["post"] = parcel = Parcel()
    _, ticket = await taken(app, carla, "sent")
    drafts = [(await uploads(carla, ticket, *file)).json()["id"] for file in FILES]
    answer = await carla.acts(ticket, "reply", text="Ecco", attachments=drafts)
    await attempts(app, parcel, 1)
    [first] = [one for one in answer.json()["messages"] if one["text"] == "Ecco"]
    again = await carla.acts(answer.json(), f"messages/{first['id']}/resend")
    assert again.status_code == 200, again.text
    one, other = await attempts(app, parcel, 2)
    assert one.files == other.files
    assert [(file.name, file.content) for file in other.files] == [
        (name, content) for content, name in FILES
    ]
    old, new = again.json()["messages"][-2:]
    assert [file["id"] for file in old["attachments"]] == drafts
    assert not {file["id"] for file in new["attachments"]} & set(drafts)


async def attempts(app: FastAPI, parcel: Parcel, count: int) -> list[Outbound]:
    """What left with these words, once all of them failed."""
    failed = (
        select(func.count())
        .select_from(Outbox)
        .join(Message, Message.id == Outbox.message_id)
        .where(Outbox.state == "failed", Message.text == "Ecco")
    )
    async with asyncio.timeout(10), app.state.database.bell.listen("outbox") as heard:
        while await counted(app, failed) < count:
            await heard.wait(0.2)
    return [message for message in parcel.sent if message.text == "Ecco"]


async def counted(app: FastAPI, wanted: Select[int]) -> int:
    async with app.state.database.read() as session:
        return int(await session.scalar(wanted) or 0)


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "withheld"])
async def test_what_is_on_its_way_is_not_sent_again(app: FastAPI, carla: Desk, state: str) -> None:
    message, ticket = await taken(app, carla, state)
    assert (await carla.acts(ticket, f"messages/{message.id}/resend")).status_code == 409


@pytest.mark.parametrize(
    ("channel", "author", "told"),
    [
        (Templated(), "bot", BY_TEMPLATE),
        (Templated(), "operator", BY_TEMPLATE),
        (ForPersons(), "bot", ANSWER_YOURSELF),
        (ForPersons(), "operator", None),
        (Windowed(), "operator", NOT_HERE),
    ],
)
async def test_what_would_fail_again_is_not_sent_again_and_what_can_work_is_told(
    app: FastAPI, carla: Desk, channel: Channel, author: str, told: str | None
) -> None:
    message, ticket = await taken(app, carla, "failed")
    app.state.channels["post"] = channel
    async with app.state.database.begin() as session:
        await session.execute(update(Message).values(author=author))
        await session.execute(update(Conversation).values(heard_at=present() - 2 * DAY))
    seen_again = await seen(app, carla, message.conversation_id)
    assert seen_again["reach"]["not_again"][author] == told
    answer = await carla.acts(ticket, f"messages/{message.id}/resend")
    assert answer.status_code == (422 if told else 200), answer.text
    assert told is None or answer.json()["detail"] == told


async def test_a_template_may_be_sent_again_after_the_window(app: FastAPI, carla: Desk) -> None:
    message, ticket = await taken(app, carla, "failed")
    app.state.channels["post"] = Templated()
    template = {"name": "sportello_risposta_pronta", "language": "it", "values": []}
    async with app.state.database.begin() as session:
        await session.execute(update(Message).values(template=template))
        await session.execute(update(Conversation).values(heard_at=present() - 2 * DAY))
    answer = await carla.acts(ticket, f"messages/{message.id}/resend")
    assert answer.json()["messages"][-1]["template"] == template["name"]


async def test_another_conversations_message_is_not_found(app: FastAPI, carla: Desk) -> None:
    _, ticket = await taken(app, carla, "failed")
    answer = await carla.acts(ticket, f"messages/{'a' * 32}/resend")
    assert answer.status_code == 404


async def test_a_template_goes_only_where_the_channel_has_templates(
    app: FastAPI, carla: Desk
) -> None:
    _, ticket = await taken(app, carla, "failed")
    wanted = {"name": "sportello_risposta_pronta", "values": ["URP-26-7K3Q"]}
    assert (await carla.acts(ticket, "template", **wanted)).status_code == 422
    app.state.channels["post"] = Templated()
    answer = await carla.acts(ticket, "template", **wanted)
    assert answer.status_code == 200, answer.text
    last = answer.json()["messages"][-1]
    assert last["template"] == "sportello_risposta_pronta"
    assert "URP-26-7K3Q" in last["text"]
    async with app.state.database.read() as session:
        kept = (await session.get_one(Message, last["id"])).template
    assert kept == {"name": wanted["name"], "language": "it", "values": ["URP-26-7K3Q"]}


@pytest.mark.parametrize("values", [[], ["a", "b"], [" "]])
async def test_a_template_needs_a_value_for_every_gap(
    app: FastAPI, carla: Desk, values: list[str]
) -> None:
    _, ticket = await taken(app, carla, "failed")
    wanted = {"name": "sportello_risposta_pronta", "values": values}
    assert (await carla.acts(ticket, "template", **wanted)).status_code == 422
