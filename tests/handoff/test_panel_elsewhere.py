"""What operators see and do of a citizen's other channels."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from handoff import conversations, joining
from handoff.channel import Channel, Outbound, Receipt
from handoff.db import Database
from handoff.gateway import Gateway
from handoff.joining.circle import join, part
from handoff.tables import Conversation, TicketEvent, present
from tests.handoff.desk import Desk, hire, uploads
from tests.handoff.files import PDF, png
from tests.handoff.joined import on
from tests.handoff.talk import Citizen

ONLY_PDF = "Qui solo PDF."
WORDS = "Le rispondo qui: il referto è pronto."


class Post(Channel):
    """Closes a day after the citizen wrote."""

    name = "post"
    window = timedelta(hours=24)
    takes_files = True

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.files: list[bytes] = []

    def refuses(self, media_type: str, size: int) -> str | None:
        return None if media_type == "application/pdf" else ONLY_PDF

    async def send(self, message: Outbound) -> Receipt:
        self.sent.append(message.text)
        self.files += [file.content for file in message.files]
        return Receipt()


@pytest.fixture
def post(app: FastAPI) -> Post:
    post = Post()
    app.state.house.channels["post"] = app.state.channels["post"] = post
    return post


@pytest.fixture
def chat(gateway: Gateway) -> Citizen:
    return on(gateway, "webchat")


@pytest.fixture
async def letters(gateway: Gateway, post: Post) -> Citizen:
    citizen = on(gateway, "post")
    await citizen.hears("dove parcheggio?")
    return citizen


@pytest.fixture
async def carla(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "carla"))


@pytest.fixture
async def dario(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "dario"))


async def joined(taker: Citizen, giver: Citizen) -> None:
    async with taker.gateway.database.begin() as session:
        await joining.lock_circle(session, (await taker.conversation()).id)
        here = await conversations.lock(session, (await taker.conversation()).id)
        there = await conversations.lock(session, (await giver.conversation()).id)
        await join(session, here, there, words="1")


async def taken(desk: Desk, citizen: Citizen) -> dict[str, Any]:
    """The citizen's request for a person, taken at this desk."""
    await citizen.hears("vorrei una persona")
    ticket = (await desk.looks(f"tickets/{(await citizen.conversation()).ticket_id}")).json()
    answer = await desk.acts(ticket, "take")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def changed(citizen: Citizen, **values: Any) -> None:
    async with citizen.gateway.database.begin() as session:
        await session.execute(
            update(Conversation)
            .where(Conversation.id == (await citizen.conversation()).id)
            .values(**values)
        )


async def there_id(citizen: Citizen) -> str:
    return (await citizen.conversation()).id


async def answered(
    desk: Desk, ticket: dict[str, Any], there: Citizen, **more: Any
) -> httpx.Response:
    """The reply to this request, sent to the citizen's other conversation."""
    body = {"text": WORDS, "conversation_id": await there_id(there), **more}
    return await desk.acts(ticket, "reply-elsewhere", **body)


async def events(database: Database, ticket_id: str) -> list[tuple[str, str | None]]:
    async with database.read() as session:
        rows = await session.execute(
            select(TicketEvent.kind, TicketEvent.text)
            .where(TicketEvent.ticket_id == ticket_id)
            .order_by(TicketEvent.id)
        )
        return [tuple(row) for row in rows]


async def test_a_request_tells_the_same_citizens_other_channels(
    carla: Desk, chat: Citizen, letters: Citizen
) -> None:
    ticket = await taken(carla, chat)
    assert ticket["elsewhere"] == []
    await joined(chat, letters)
    [other] = (await carla.looks(f"tickets/{ticket['id']}")).json()["elsewhere"]
    assert other == {
        "conversation_id": await there_id(letters),
        "channel": "post",
        "ticket": None,
        "writable": True,
        "takes_files": True,
    }


async def test_the_open_request_over_there_is_named_before_closed_ones(
    carla: Desk, chat: Citizen, letters: Citizen
) -> None:
    first = await taken(carla, letters)
    await carla.acts(first, "close")
    second = await taken(carla, letters)
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    [other] = (await carla.looks(f"tickets/{ticket['id']}")).json()["elsewhere"]
    assert other["ticket"] == {"id": second["id"], "name": second["name"], "state": "taken"}


async def test_what_was_said_there_can_be_read_and_nothing_of_strangers(
    carla: Desk, chat: Citizen, letters: Citizen, gateway: Gateway
) -> None:
    ticket = await taken(carla, chat)
    there = f"tickets/{ticket['id']}/elsewhere/{await there_id(letters)}/messages"
    assert (await carla.looks(there)).status_code == 404
    await joined(chat, letters)
    said = (await carla.looks(there)).json()["messages"]
    assert "dove parcheggio?" in [message["text"] for message in said]
    stranger = on(gateway, "webchat", "bruno")
    await stranger.hears("dove parcheggio?")
    path = f"tickets/{ticket['id']}/elsewhere/{await there_id(stranger)}/messages"
    assert (await carla.looks(path)).status_code == 404


async def test_an_answer_goes_out_on_the_other_channel_and_both_histories_keep_it(
    carla: Desk, chat: Citizen, letters: Citizen, post: Post
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    answer = await answered(carla, ticket, letters)
    assert answer.status_code == 200, answer.text
    said = (await letters.everything())[-1]
    assert (said.author, said.author_name, said.text) == ("operator", "carla", WORDS)
    async with asyncio.timeout(10), chat.gateway.database.bell.listen("outbox") as heard:
        while WORDS not in post.sent:
            await heard.wait(0.2)
    assert all(message.text != WORDS for message in await chat.everything())
    database = chat.gateway.database
    theirs = str((await letters.conversation()).ticket_id)
    assert not answer.json()["awaits_reply"]
    assert ("replied_there", "post") in await events(database, ticket["id"])
    assert ("replied_for", ticket["name"]) in await events(database, theirs)


async def test_an_answer_elsewhere_takes_the_files_along(
    carla: Desk, chat: Citizen, letters: Citizen, post: Post
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    draft = (await uploads(carla, ticket)).json()["id"]
    answer = await answered(carla, ticket, letters, attachments=[draft])
    assert answer.status_code == 200, answer.text
    async with asyncio.timeout(10), chat.gateway.database.bell.listen("outbox") as heard:
        while WORDS not in post.sent:
            await heard.wait(0.2)
    assert post.files == [PDF]
    [file] = (await letters.everything())[-1].attachments
    assert (file["id"], file["name"], file["state"]) == (draft, "modulo.pdf", "kept")


async def test_what_the_other_channel_does_not_carry_sends_nothing_and_says_why(
    carla: Desk, chat: Citizen, letters: Citizen, post: Post
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    draft = (await uploads(carla, ticket, png(), "foto.png")).json()["id"]
    answer = await answered(carla, ticket, letters, attachments=[draft])
    assert (answer.status_code, answer.json()["detail"]) == (422, ONLY_PDF)
    assert (await letters.everything())[-1].text != WORDS
    assert (await carla.acts(ticket, "reply", text="qui", attachments=[draft])).status_code == 200


async def test_a_file_for_the_other_channel_can_be_attached_where_none_can_go(
    carla: Desk, chat: Citizen, letters: Citizen, post: Post
) -> None:
    ticket = await taken(carla, letters)
    assert (await uploads(carla, ticket, png(), "foto.png")).status_code == 422
    await chat.hears("dove parcheggio?")
    await joined(letters, chat)
    draft = (await uploads(carla, ticket, png(), "foto.png")).json()["id"]
    answer = await answered(carla, ticket, chat, attachments=[draft])
    assert answer.status_code == 200, answer.text
    assert [file["id"] for file in (await chat.everything())[-1].attachments] == [draft]


async def test_who_answered_there_is_heard_there_and_not_the_bot(
    carla: Desk, chat: Citizen, letters: Citizen
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    await answered(carla, ticket, letters)
    assert (await letters.conversation()).holder == "operator"
    theirs = (await carla.looks(f"tickets/{(await letters.conversation()).ticket_id}")).json()
    assert (theirs["assignee"]["name"], theirs["reason"]) == ("carla", "altro_canale")


async def test_a_request_answered_elsewhere_waits_again_when_the_citizen_writes(
    carla: Desk, chat: Citizen, letters: Citizen
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    path = f"tickets/{ticket['id']}"
    assert (await carla.looks(path)).json()["awaits_reply"]
    await answered(carla, ticket, letters)
    assert not (await carla.looks(path)).json()["awaits_reply"]
    await chat.says("e qui?")
    assert (await carla.looks(path)).json()["awaits_reply"]


async def test_pressed_twice_it_is_said_once(carla: Desk, chat: Citizen, letters: Citizen) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    both = await asyncio.gather(*(answered(carla, ticket, letters) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert [m.text for m in await letters.everything()].count(WORDS) == 1


@pytest.mark.parametrize(
    "how", [{"heard_at": present() - timedelta(days=2)}, {"unreachable": True}]
)
async def test_a_channel_that_cannot_be_written_to_is_not_offered_and_refused(
    carla: Desk, chat: Citizen, letters: Citizen, how: dict[str, Any]
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    await changed(letters, **how)
    [other] = (await carla.looks(f"tickets/{ticket['id']}")).json()["elsewhere"]
    assert not other["writable"]
    before = len(await letters.everything())
    answer = await answered(carla, ticket, letters)
    assert answer.status_code == 422
    assert len(await letters.everything()) == before
    assert (await letters.conversation()).holder == "bot"


async def test_a_channel_that_is_not_or_no_longer_joined_is_refused(
    carla: Desk, chat: Citizen, letters: Citizen
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    await letters.hears("scollega")
    answer = await answered(carla, ticket, letters)
    assert answer.status_code == 409
    assert "non sono più collegati" in answer.json()["detail"]
    assert WORDS not in [message.text for message in await letters.everything()]


async def test_an_answer_and_an_undoing_at_once_end_in_one_order_or_the_other(
    carla: Desk, chat: Citizen, letters: Citizen
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    answer, _ = await asyncio.gather(
        answered(carla, ticket, letters),
        letters.hears("scollega"),
    )
    said = WORDS in [message.text for message in await letters.everything()]
    assert answer.status_code in (200, 409)
    assert said == (answer.status_code == 200)
    assert (await letters.conversation()).citizen_id is None


async def test_a_colleague_who_talks_there_is_not_interrupted(
    carla: Desk, dario: Desk, chat: Citizen, letters: Citizen
) -> None:
    await taken(dario, letters)
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    answer = await answered(carla, ticket, letters)
    assert answer.status_code == 409
    assert "un collega" in answer.json()["detail"]


async def test_what_waits_there_is_taken_with_the_answer(
    carla: Desk, chat: Citizen, letters: Citizen
) -> None:
    await letters.hears("vorrei una persona")
    waiting = (await letters.conversation()).ticket_id
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    await answered(carla, ticket, letters)
    theirs = (await carla.looks(f"tickets/{waiting}")).json()
    assert (theirs["state"], theirs["assignee"]["name"]) == ("taken", "carla")


@pytest.mark.parametrize("conversation_id", ["", "x", "0" * 31, 7, None])
async def test_a_conversation_that_is_none_is_refused(
    carla: Desk, chat: Citizen, conversation_id: object
) -> None:
    ticket = await taken(carla, chat)
    answer = await carla.acts(
        ticket, "reply-elsewhere", text=WORDS, conversation_id=conversation_id
    )
    assert answer.status_code == 422
    gone = await carla.acts(ticket, "reply-elsewhere", text=WORDS, conversation_id="0" * 32)
    assert gone.status_code == 404


async def test_answers_crosswise_at_once_wait_for_each_other(
    carla: Desk, gateway: Gateway, chat: Citizen
) -> None:
    """Both lock the same two conversations: in one order, or they would be a deadlock."""
    other = on(gateway, "webchat", "bruna")
    pairs = [(await taken(carla, chat), other), (await taken(carla, other), chat)]
    await joined(chat, other)
    answers = await asyncio.gather(*(answered(carla, *each) for each in pairs))
    # the first answer changes the request that the second one looked at
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_undone_channels_are_told_no_more(
    carla: Desk, chat: Citizen, letters: Citizen
) -> None:
    ticket = await taken(carla, chat)
    await joined(chat, letters)
    async with chat.gateway.database.begin() as session:
        await joining.lock_circle(session, await there_id(chat))
        await part(session, await conversations.lock(session, await there_id(chat)))
    assert (await carla.looks(f"tickets/{ticket['id']}")).json()["elsewhere"] == []
