"""The page /pratica: with name and key states and days, without them nothing; guessing is slow."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from handoff import throttle, tickets
from handoff.db import Database
from handoff.tables import LoginAttempt, Ticket, TicketEvent, present
from handoff.tickets import Opened
from tests.handoff.requests import opened_by
from tests.handoff.talk import Citizen

WRONG_KEY = "0" * 13
NOT_FOUND = "Non troviamo una richiesta con questo numero e questo codice."
SECRET = "Ho aspettato quattro ore in corsia"


class Reader:
    """A browser without JavaScript at some address."""

    def __init__(self, app: FastAPI, host: str = "192.0.2.1") -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(host, 1)), base_url="http://testserver"
        )

    async def reads(self, name: str, key: str) -> httpx.Response:
        return await self.client.post("/pratica", data={"nome": name, "codice": key})


@pytest.fixture
def reader(app: FastAPI) -> Reader:
    return Reader(app)


async def complaint(citizen: Citizen, **values: Any) -> Opened:
    return await opened_by(citizen, "reclamo", **values)


async def test_the_form_needs_no_log_in(reader: Reader) -> None:
    answer = await reader.client.get("/pratica")
    assert answer.status_code == 200
    assert '<form class="panel" method="post" action="/pratica"' in answer.text
    for field in ("nome", "codice"):
        assert f'<label for="{field}">' in answer.text


async def test_name_and_key_show_state_and_days(reader: Reader, citizen: Citizen) -> None:
    opened = await complaint(
        citizen,
        opened_at=datetime(2026, 11, 25, 23, 30, tzinfo=UTC),
        taken_at=datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
        state="taken",
    )
    answer = await reader.reads(opened.ticket.name, opened.key)
    assert answer.status_code == 200
    assert f'Reclamo <span class="code">{opened.ticket.name}' in answer.text
    assert '<time datetime="2026-11-26">26 novembre 2026</time>' in answer.text
    assert "iniziato il 30 novembre 2026" in answer.text
    assert "26 dicembre 2026" in answer.text
    assert "(Dato dimostrativo, da confermare.)" in answer.text


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (str.lower, str.lower),
        (lambda name: name.replace("-", " "), lambda key: key.replace("-", "")),
        (lambda name: f"  {name.replace('-', '')} ", lambda key: f" {key.replace('-', ' ')} "),
        (lambda name: name.replace("0", "O"), lambda key: key.replace("0", "o").replace("1", "I")),
    ],
)
async def test_name_and_key_are_read_however_they_are_written(
    reader: Reader, citizen: Citizen, name: Any, key: Any
) -> None:
    opened = await complaint(citizen)
    answer = await reader.reads(name(opened.ticket.name), key(opened.key))
    assert answer.status_code == 200


async def test_neither_words_nor_people_stand_on_the_page(
    reader: Reader, citizen: Citizen, carla: Any
) -> None:
    await citizen.hears(SECRET)
    opened = await complaint(citizen, fields={"cosa": SECRET, "contatto": "347 1234567"})
    async with citizen.gateway.database.begin() as session:
        session.add(TicketEvent(ticket_id=opened.ticket.id, kind="note", text=SECRET))
        await session.execute(
            update(Ticket).values(state="taken", assignee_id=carla.id, taken_at=present())
        )
    text = (await reader.reads(opened.ticket.name, opened.key)).text
    for private in (SECRET, "347 1234567", "Carla", "webchat", opened.key, opened.ticket.id):
        assert private not in text


async def test_a_wrong_name_and_a_wrong_key_read_the_same(
    reader: Reader, citizen: Citizen
) -> None:
    opened = await complaint(citizen)
    name = opened.ticket.name
    unknown = f"URP-26-{'0000' if not name.endswith('0000') else '0001'}"
    wrong_key = await reader.reads(name, WRONG_KEY)
    wrong_name = await reader.reads(unknown, opened.key)
    assert NOT_FOUND in wrong_key.text
    assert wrong_key.status_code == wrong_name.status_code == 422
    assert wrong_key.text.replace(name, "") == wrong_name.text.replace(unknown, "")


@pytest.mark.parametrize(
    ("name", "key", "wrong"),
    [
        ("", "", ("nome", "codice")),
        ("URP-26", WRONG_KEY, ("nome",)),
        ("URP-26-7K3QX", WRONG_KEY, ("nome",)),
        ("URP-٢٦-7K3Q", WRONG_KEY, ("nome",)),
        ("\x00", WRONG_KEY, ("nome",)),
        ("URP-26-7K3Q", "ABC", ("codice",)),
        ("URP-26-7K3Q", "A" * 40, ("codice",)),
    ],
)
async def test_a_mistaken_field_is_named_beside_it(
    reader: Reader, name: str, key: str, wrong: tuple[str, ...]
) -> None:
    answer = await reader.reads(name, key)
    assert answer.status_code == 422
    assert "<title>Errore: " in answer.text
    for field in ("nome", "codice"):
        tied = f'aria-describedby="{field}-hint {field}-wrong" aria-invalid="true"'
        assert (tied in answer.text) is (field in wrong)


async def test_what_was_typed_is_shown_as_text_and_the_key_never(reader: Reader) -> None:
    answer = await reader.reads('"><script>alert(1)</script>', "7K3QA-B4CD")
    assert "<script" not in answer.text
    assert "7K3QA-B4CD" not in answer.text.replace("7K3QA-B4CD-EFGH", "")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"nome=%FF%FE&codice=%00", 413),
        (b"\xff\xfe", 413),
        (b"x" * 5_000, 413),
        (b"nome=" + b"a" * 4_000, 422),
        (b'{"nome": "URP-26-7K3Q"}', 422),
        (b"&" * 4_000, 422),
    ],
)
async def test_a_body_that_no_browser_sends_gets_the_form_again(
    reader: Reader, body: bytes, status: int
) -> None:
    answer = await reader.client.post("/pratica", content=body)
    assert answer.status_code == status
    assert '<form class="panel"' in answer.text


async def test_a_key_in_the_address_opens_nothing(reader: Reader, citizen: Citizen) -> None:
    opened = await complaint(citizen)
    query = {"nome": opened.ticket.name, "codice": opened.key}
    answer = await reader.client.get("/pratica", params=query)
    assert opened.ticket.name not in answer.text


async def test_nothing_of_the_page_is_kept_framed_run_or_passed_on(
    reader: Reader, citizen: Citizen
) -> None:
    opened = await complaint(citizen)
    for answer in (
        await reader.client.get("/pratica"),
        await reader.reads(opened.ticket.name, opened.key),
        await reader.reads(opened.ticket.name, WRONG_KEY),
    ):
        policy = answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        for inline in ("<style", " style=", "onclick", "<script"):
            assert inline not in answer.text


async def guessed_often(app: FastAPI, subject: str) -> None:
    """So often that the next mistake costs the longest pause, which no slow machine outlasts."""
    async with app.state.database.begin() as session:
        past = present() - timedelta(seconds=1)
        session.add(LoginAttempt(subject=subject, failures=1000, next_at=past))


async def test_a_few_mistakes_cost_nothing(app: FastAPI, citizen: Citizen) -> None:
    opened, reader = await complaint(citizen), Reader(app)
    for _ in range(throttle.FREE["request"]):
        assert (await reader.reads(opened.ticket.name, WRONG_KEY)).status_code == 422
    assert (await reader.reads(opened.ticket.name, opened.key)).status_code == 200


async def test_guessing_the_key_of_a_request_is_slow_wherever_it_comes_from(
    app: FastAPI, citizen: Citizen
) -> None:
    opened = await complaint(citizen)
    await guessed_often(app, f"request:{opened.ticket.name}")
    guess = await Reader(app, "192.0.2.1").reads(opened.ticket.name, WRONG_KEY)
    assert guess.status_code == 422
    refused = await Reader(app, "192.0.2.2").reads(opened.ticket.name, opened.key)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert f"aspetti {refused.headers['retry-after']} secondi e riprovi" in refused.text


async def test_guessing_names_from_one_address_is_slow(app: FastAPI) -> None:
    await guessed_often(app, "reader:2001:db8::")
    await Reader(app, "2001:db8::1").reads("URP-26-0000", WRONG_KEY)
    neighbour = await Reader(app, "2001:db8::ffff").reads("URP-26-7K3Q", WRONG_KEY)
    assert neighbour.status_code == 429
    elsewhere = await Reader(app, "2001:db8:0:1::1").reads("URP-26-7K3Q", WRONG_KEY)
    assert elsewhere.status_code == 422


async def test_after_the_pause_the_right_key_opens_and_wipes_the_slate(
    app: FastAPI, citizen: Citizen, reader: Reader
) -> None:
    opened = await complaint(citizen)
    subject = f"request:{opened.ticket.name}"
    await guessed_often(app, subject)
    assert (await reader.reads(opened.ticket.name, opened.key)).status_code == 200
    async with app.state.database.read() as session:
        assert await session.get(LoginAttempt, subject) is None
        assert (await session.get_one(LoginAttempt, "reader:192.0.2.1")).failures == 0


async def test_without_limits_nothing_is_counted(app: FastAPI, reader: Reader) -> None:
    app.state.settings.limits = False
    for _ in range(throttle.FREE["request"] + 3):
        assert (await reader.reads("URP-26-7K3Q", WRONG_KEY)).status_code == 422


async def test_a_malformed_name_leaves_nothing_in_the_database(
    app: FastAPI, reader: Reader
) -> None:
    await reader.reads("x" * 400, WRONG_KEY)
    async with app.state.database.read() as session:
        assert await session.get(LoginAttempt, "reader:192.0.2.1") is None


async def test_a_withdrawn_request_is_told_as_such_and_has_no_terms(
    reader: Reader, citizen: Citizen
) -> None:
    opened = await complaint(citizen)
    await withdraw(citizen, opened)
    text = (await reader.reads(opened.ticket.name, opened.key)).text
    assert "È stata ritirata da chi l’ha aperta" in text
    assert "I termini del reclamo" not in text


async def withdraw(citizen: Citizen, opened: Opened) -> None:
    async with citizen.gateway.database.begin() as session:
        changed = await tickets.change(
            session, await citizen.conversation(), kind="ritiro", name=opened.ticket.name
        )
        assert changed


async def test_reopened_and_closed_by_an_operator_it_is_no_longer_withdrawn(
    reader: Reader, citizen: Citizen, carla: Any
) -> None:
    opened = await opened_by(citizen, "dati")
    await withdraw(citizen, opened)
    async with citizen.gateway.database.begin() as session:
        ticket = await tickets.reopen(session, opened.ticket.id, version=2, operator=carla)
        await tickets.close(session, ticket.id, version=ticket.version, operator=carla)
    assert "È chiusa" in (await reader.reads(opened.ticket.name, opened.key)).text


@pytest.mark.parametrize(
    ("days", "values", "words"),
    [
        (0, {}, "È in attesa di un operatore"),
        (20, {}, "È in ritardo: ci scusiamo"),
        (20, {"state": "taken", "taken_at": present()}, "È in lavorazione"),
        (40, {"state": "taken", "taken_at": present()}, "era dovuta entro il"),
        (
            20,
            {"state": "closed", "replied_at": present(), "closed_at": present()},
            "commissione mista conciliativa entro il",
        ),
        (20, {"state": "closed", "closed_at": present()}, "chiuso senza una risposta"),
    ],
)
async def test_the_legal_days_of_a_complaint_are_told_as_they_stand(
    reader: Reader, citizen: Citizen, days: int, values: dict[str, Any], words: str
) -> None:
    opened = await complaint(citizen, opened_at=present() - timedelta(days=days), **values)
    assert words in (await reader.reads(opened.ticket.name, opened.key)).text


async def test_without_the_database_the_page_says_so_and_keeps_the_name(
    app: FastAPI, reader: Reader
) -> None:
    away = Database("postgresql://nobody@127.0.0.1:9/none")
    app.state.database, present_one = away, app.state.database
    try:
        answer = await reader.reads("URP-26-7K3Q", WRONG_KEY)
    finally:
        app.state.database = present_one
        await away.close()
    assert answer.status_code == 503
    assert "La Sua richiesta è al sicuro" in answer.text
    assert 'value="URP-26-7K3Q"' in answer.text
