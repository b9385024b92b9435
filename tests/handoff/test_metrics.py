"""/metrics: what is shown, to whom, and that dashboard and alarms speak of what there is."""

import json
import re
from datetime import timedelta

import httpx
import yaml
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.api.aside import telling
from handoff.db import Database
from handoff.metrics import Counters, Figures, Metrics
from handoff.settings import ROOT, Settings
from handoff.tables import Inbox, Outbox, present
from tests.fake_bot import FakeBot
from tests.handoff.post import OpenPost, deliver, say
from tests.handoff.talk import Citizen, answers
from tests.postgres import free_port

GRAFANA = ROOT / "ops" / "grafana"
NAMED = re.compile(r"\b(?:sportello|process)_[a-z_]+")
TOKEN = "a-token-of-the-hospital"
Samples = dict[tuple[str, ...], float]


def read(text: bytes) -> Samples:
    """Name and values of the labels → value."""
    families = text_string_to_metric_families(text.decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


async def shown(app: FastAPI) -> Samples:
    return read(await app.state.metrics.text())


async def get(app: FastAPI, host: str = "127.0.0.1", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, client=(host, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        return await http.get("/metrics", headers=headers)


async def test_dashboard_and_alarms_name_only_what_is_there(app: FastAPI) -> None:
    text = (await get(app)).text
    there = set(re.findall(r"^# TYPE (\S+)", text, re.M))
    dashboard = json.loads((GRAFANA / "sportello.json").read_text())
    (alarms,) = yaml.safe_load((GRAFANA / "alerts.yml").read_text())["groups"]
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for rule in alarms["rules"]]
    for expression in asked:
        named = {name.removesuffix("_bucket") for name in NAMED.findall(expression)}
        assert named, expression
        assert named - there == set()
    told = (ROOT / "docs" / "osservare.md").read_text()
    assert [rule["alert"] for rule in alarms["rules"] if f"**{rule['alert']}**" not in told] == []


async def test_a_conversation_is_counted_and_no_label_grows(
    app: FastAPI, citizen: Citizen, fake_bot: FakeBot
) -> None:
    before = await shown(app)
    await citizen.hears("dove posso parcheggiare?")
    fake_bot.fault = "broken"
    await citizen.hears("e i prelievi?")
    await answers(app.state.database, await citizen.says("ho un forte dolore al petto"))
    after = await shown(app)
    risen = {
        name: after[name] - before.get(name, 0)
        for name in after
        if name[0].endswith(("_total", "_count")) and name[0].startswith("sportello")
    }
    assert risen["sportello_messages_received_total", "webchat"] == 3
    assert risen["sportello_bot_decisions_total", "answer"] == 1
    assert risen["sportello_bot_silences_total", "refused"] == 2
    assert risen["sportello_bot_seconds_count",] == 3
    assert risen["sportello_safety_findings_total", "emergenza"] == 1
    assert risen["sportello_jobs_claimed_total", "inbox"] >= 2
    assert risen["sportello_database_write_wait_seconds_count",] > 3
    assert after["sportello_bot_breaker_open",] == 0
    told = str(sorted(after))
    assert citizen.last
    assert citizen.last.conversation_id not in told
    assert "anna" not in told


async def test_what_waits_and_what_is_dead_is_seen_and_what_is_done_is_not(
    database: Database,
) -> None:
    figures = Figures(database, ("post", "webchat"))
    metrics = Metrics(CollectorRegistry(), Counters(CollectorRegistry()), figures)
    empty = read(await metrics.text())
    assert empty["sportello_queue_age_seconds",] == 0
    assert empty["sportello_outbox_age_seconds", "post"] == 0
    for minutes, state in ((9, "done"), (5, "dead"), (3, "run"), (2, "ready")):
        await _stands(database, state, minutes)
    seen = read(await metrics.text())
    assert 179 < seen["sportello_queue_age_seconds",] < 190
    jobs = {state: seen["sportello_jobs", "inbox", state] for state in ("ready", "run", "dead")}
    assert jobs == {"ready": 1, "run": 1, "dead": 1}
    assert ("sportello_jobs", "inbox", "done") not in seen
    assert 119 < seen["sportello_outbox_age_seconds", "post"] < 550


async def _stands(database: Database, state: str, minutes: int) -> None:
    key = await say(database)
    since = present() - timedelta(minutes=minutes)
    async with database.begin() as session:
        row = await session.scalar(select(Outbox).where(Outbox.message_id == key))
        assert row is not None
        row.created_at = since
        session.add(
            Inbox(
                conversation_id=row.conversation_id,
                message_id=key,
                channel="post",
                external_id=key,
                state=state,
                created_at=since,
            )
        )


async def test_attempts_are_counted_by_their_results(database: Database) -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry, Counters(registry, ("post",)), Figures(database, ("post",)))
    await say(database)
    await deliver(database, OpenPost(), metrics.counters)
    seen = read(await metrics.text())
    assert seen["sportello_attempts_total", "post", "sent"] == 1
    assert seen["sportello_attempts_total", "post", "failed"] == 0


async def test_the_ledger_is_told_once_somebody_keeps_it(app: FastAPI) -> None:
    assert ("sportello_ledger_unbalanced",) not in await shown(app)

    async def three(_session: AsyncSession) -> float:
        return 3

    app.state.metrics.figures.ledger = three
    assert (await shown(app))["sportello_ledger_unbalanced",] == 3


async def test_without_a_database_the_rest_is_told() -> None:
    away = Database("postgresql://nobody@127.0.0.1:9/none")
    registry = CollectorRegistry()
    seen = read(await Metrics(registry, Counters(registry), Figures(away)).text())
    assert seen["sportello_database_up",] == 0
    assert seen["sportello_bot_decisions_total", "answer"] == 0
    assert ("sportello_queue_age_seconds",) not in seen


async def test_only_this_machine_or_the_token_reads_them(app: FastAPI) -> None:
    assert (await get(app)).status_code == 200
    for host, headers in (
        ("203.0.113.5", {}),
        ("172.17.0.1", {}),  # a published port makes strangers look like this
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.5"}),
        ("203.0.113.5", {"Authorization": f"Bearer {TOKEN}"}),  # none is set
    ):
        assert (await get(app, host, **headers)).status_code == 404
    settings = app.state.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    app.state.settings = settings
    assert (await get(app)).status_code == 404
    assert (await get(app, "203.0.113.5", Authorization="Bearer x")).status_code == 404
    assert (await get(app, "203.0.113.5", Authorization=f"Bearer {TOKEN}")).status_code == 200


async def test_a_worker_tells_its_own_on_a_port(app: FastAPI, settings: Settings) -> None:
    port = free_port()
    apart = settings.model_copy(update={"metrics_port": port})
    async with telling(apart, app.state.metrics), httpx.AsyncClient(trust_env=False) as http:
        response = await http.get(f"http://127.0.0.1:{port}/metrics")
    assert "sportello_queue_age_seconds" in response.text
