"""How each channel is: asked by the workers, told on a page and by /readyz."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from handoff.api.health import Health
from handoff.attachments import Scanner
from handoff.attachments.scanning import AWAY
from handoff.bot import Addresses
from handoff.channel import Channel, Outbound, Receipt
from handoff.channel_watch import LONGEST, ChannelWatch
from handoff.db import Database
from handoff.ledger.silence import is_quieter_than_usual
from handoff.tables import ChannelState, Oddity
from tests.fake_bot import FakeBot
from tests.handoff.desk import Desk, hire
from tests.handoff.talk import Citizen

NOBODY = "tcp://127.0.0.1:1"
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


class Told(Channel):
    name = "post"

    def __init__(self, trouble: str | Exception | None) -> None:
        self.says = trouble

    async def trouble(self) -> str | None:
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    async def send(self, message: Outbound) -> Receipt:
        return Receipt()


async def state_of(database: Database, name: str) -> ChannelState:
    async with database.read() as session:
        return await session.get_one(ChannelState, name)


async def test_an_odd_channel_does_not_stop_the_others(database: Database) -> None:
    odd, well, ill = Told(RuntimeError("segreto")), Told(None), Told("la chiave è scaduta")
    await ChannelWatch(database, {"odd": odd, "well": well, "ill": ill}).look()
    troubles = [(await state_of(database, name)).trouble for name in ("odd", "well", "ill")]
    assert troubles[1:] == [None, "la chiave è scaduta"]
    assert "RuntimeError" in str(troubles[0])
    assert "segreto" not in str(troubles[0])


async def test_since_is_when_it_became_so(database: Database) -> None:
    channel = Told("la chiave è scaduta")
    watch = ChannelWatch(database, {"post": channel})
    await watch.look()
    first = await state_of(database, "post")
    await watch.look()
    second = await state_of(database, "post")
    channel.says = None
    await watch.look()
    third = await state_of(database, "post")
    assert first.since == second.since < third.since
    assert second.checked_at > first.checked_at


async def test_a_long_reason_is_cut_to_what_fits(database: Database) -> None:
    await ChannelWatch(database, {"post": Told("a" * 2000)}).look()
    assert len((await state_of(database, "post")).trouble or "") == LONGEST


async def test_a_troubled_channel_is_a_degradation_and_no_failure(
    database: Database, fake_bot: FakeBot
) -> None:
    await ChannelWatch(database, {"post": Told("giù"), "old": Told("giù")}).look()
    async with httpx.AsyncClient(trust_env=False) as http:
        probes = {"bot": Addresses([fake_bot.url]).of_health}
        health = Health(database, http, probes, lambda: True, channels=frozenset({"post"}))
        status, body = await health.report()
    assert (status, body["degraded"]) == (200, ["channel:post"])
    assert body["reasons"]["channel:post"] == "giù"


@pytest.mark.parametrize(
    ("silence", "quiet"), [(timedelta(minutes=29), False), (timedelta(minutes=31), True)]
)
def test_quieter_than_usual_is_three_times_the_longest_gap(
    silence: timedelta, quiet: bool
) -> None:
    heard = [NOW - silence - timedelta(minutes=10) * number for number in range(51)]
    assert is_quieter_than_usual(heard, NOW) is quiet


def test_a_few_messages_say_nothing_of_what_is_usual() -> None:
    heard = [NOW - timedelta(days=9), NOW - timedelta(days=9, minutes=1)]
    assert not is_quieter_than_usual(heard, NOW)


async def test_the_page_tells_what_came_and_what_was_not_understood(
    app: FastAPI, citizen: Citizen
) -> None:
    desk = await Desk(app).enters(await hire(app.state.database, "carla"))
    await citizen.hears("buongiorno")
    async with app.state.database.begin() as session:
        for kind in ("echo", "story"):
            session.add(Oddity(channel="webchat", external_id=kind, kind=kind, body=""))
    found = (await desk.looks("channels")).json()["channels"]
    [web] = [channel for channel in found if channel["name"] == "webchat"]
    assert web["last_in"]
    assert web["last_out"]
    assert (web["oddities"], web["failed_today"], web["quiet"]) == (1, 0, False)


@pytest.mark.parametrize(
    ("url", "told"),
    [("", {"is_set": False, "trouble": None}), (NOBODY, {"is_set": True, "trouble": AWAY})],
)
async def test_the_page_tells_how_the_scanner_is(
    app: FastAPI, url: str, told: dict[str, object]
) -> None:
    desk = await Desk(app).enters(await hire(app.state.database, "carla"))
    object.__setattr__(app.state.house, "scanner", Scanner.at(url))
    assert (await desk.looks("channels")).json()["scanner"] == told


async def test_strangers_learn_nothing_of_channels(app: FastAPI) -> None:
    assert (await Desk(app).looks("channels")).status_code == 401
    assert (await Desk(app).client.get("/panel/canali")).status_code == 303
