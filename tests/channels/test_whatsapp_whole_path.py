"""From a citizen's WhatsApp through the whole service and back, and what becomes of it there."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff.settings import Settings
from handoff.tables import Outbox, Ticket
from tests.channels.going_out import all_out, outbox
from tests.fake_bot import FakeBot
from tests.fake_whatsapp import CITIZEN, FakeWhatsApp, signature
from tests.handoff.desk import Desk, hire

TEMPLATE = {"name": "sportello_risposta_pronta", "values": ["URP-26-7K3Q"]}


@pytest.fixture
def api(port: int) -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as api:
        api.webhook_url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
        yield api


@pytest.fixture
def settings(settings: Settings, api: FakeWhatsApp, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SPORTELLO_WHATSAPP_GRAPH_URL", api.url)
    return settings.model_copy(update={"channels": ("whatsapp",)})


async def sent(api: FakeWhatsApp, count: int) -> list[dict[str, Any]]:
    await asyncio.to_thread(api.wait_until, lambda: len(api.sent) >= count)
    return api.sent


def words(service: FastAPI, key: str) -> str:
    return str(service.state.knowledge.wording(key).text)


async def at_the_desk(service: FastAPI) -> tuple[Desk, dict[str, Any]]:
    """An operator who has taken the ticket that waits."""
    desk = await Desk(service).enters(await hire(service.state.database, "carla"))
    async with service.state.database.read() as session:
        waiting = await session.scalar(select(Ticket.id))
    seen = (await desk.looks(f"tickets/{waiting}")).json()
    return desk, (await desk.acts(seen, "take")).json()


async def told(desk: Desk, ticket: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    """How the panel shows what became of our messages."""
    seen = (await desk.looks(f"tickets/{ticket['id']}")).json()
    ours = [message for message in seen["messages"] if message["author"] != "citizen"]
    return [(message["delivery"], message["delivery_cause"]) for message in ours]


@pytest.mark.parametrize("shuffles", [False, True])
async def test_the_panel_shows_that_a_citizen_has_read_the_answer(
    service: FastAPI, api: FakeWhatsApp, shuffles: bool
) -> None:
    api.shuffles = shuffles
    api.write("voglio parlare con una persona")
    await all_out(service, count=2, state="read")
    desk, ticket = await at_the_desk(service)  # she says that she has taken it
    answered = (await desk.acts(ticket, "reply", text="Buongiorno, sono Carla.")).json()
    await all_out(service, count=4, state="read")
    assert await told(desk, answered) == [("read", None)] * 4
    assert len(api.sent) == 4


@pytest.mark.parametrize("reaches", ["sent", "delivered"])
async def test_what_was_not_read_is_not_shown_as_read(
    service: FastAPI, api: FakeWhatsApp, reaches: Any
) -> None:
    api.reaches = reaches
    api.write("voglio parlare con una persona")
    await all_out(service, count=2, state=reaches)
    desk, ticket = await at_the_desk(service)
    await all_out(service, count=3, state=reaches)
    await asyncio.to_thread(api.wait_until, lambda: api.has_told_all)
    assert await told(desk, ticket) == [(reaches, None)] * 3


async def test_a_citizen_asks_chooses_and_is_answered(service: FastAPI, api: FakeWhatsApp) -> None:
    api.write("forse una visita?")
    [choices] = (await sent(api, 2))[1]["interactive"]["action"]["sections"]
    assert "parcheggio" in [choice["id"] for choice in choices["rows"]]
    api.press("parcheggio")
    answer = (await sent(api, 3))[2]["interactive"]["body"]["text"]
    assert answer == words(service, "parcheggio")


async def test_a_post_that_comes_twice_is_answered_once(
    service: FastAPI, api: FakeWhatsApp, client: httpx.AsyncClient, fake_bot: FakeBot
) -> None:
    _, body = api.write("dove posso parcheggiare?")
    answers = [
        await client.post("/webhooks/whatsapp", content=body, headers=signature(body))
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    await outbox(service, number=2, state="read")
    assert (len(fake_bot.asked), len(api.sent)) == (1, 2)


async def test_after_a_day_of_silence_only_a_template_arrives(
    service: FastAPI, api: FakeWhatsApp
) -> None:
    """Our clock says that one may write, WhatsApp's that it is too late: the status tells."""
    api.write("voglio parlare con una persona")
    await all_out(service, count=2, state="read")
    desk, ticket = await at_the_desk(service)
    await all_out(service, count=3, state="read")
    api.ahead = timedelta(hours=25)
    late = (await desk.acts(ticket, "reply", text="Buongiorno, sono Carla.")).json()
    row = await outbox(service, number=4, state="failed")
    assert (row.cause, row.attempts) == ("window_closed", 1)
    assert (await told(desk, late))[-1] == ("failed", "window_closed")
    seen = (await desk.looks(f"tickets/{late['id']}")).json()
    assert (await desk.acts(seen, "template", **TEMPLATE)).status_code == 200
    await outbox(service, number=5, state="read")
    assert api.sent[-1]["type"] == "template"


async def test_who_cannot_be_reached_is_told_with_the_reason(
    service: FastAPI, api: FakeWhatsApp
) -> None:
    api.undeliverable.add(CITIZEN)
    api.write("dove posso parcheggiare?")
    row = await outbox(service, number=2, state="failed")
    assert (row.cause, row.attempts) == ("unreachable", 1)


async def test_too_many_messages_to_one_citizen_wait_and_arrive_once(
    service: FastAPI, api: FakeWhatsApp
) -> None:
    api.burst, api.pause = 1, timedelta(seconds=1)
    api.write("dove posso parcheggiare?")
    await outbox(service, number=2, state="read")
    async with service.state.database.read() as session:
        attempts = list(await session.scalars(select(Outbox.attempts).order_by(Outbox.id)))
    assert (attempts, len(api.sent)) == ([1, 2], 2)
