"""Who gets into the panel, how long they stay, and what guessing costs."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select, update

from handoff import throttle
from handoff.db import Database
from handoff.panel import passwords, sessions
from handoff.panel.operators import FIRST_EMAIL, add_operator, ensure_administrator
from handoff.settings import Settings
from handoff.tables import LoginAttempt, Operator, PanelSession, present
from tests.handoff.desk import PASSWORD, Desk, hire


@pytest.fixture
def base(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


@pytest.fixture
async def carla(base: Database) -> Operator:
    return await hire(base, "carla")


async def change_session(base: Database, **values: Any) -> None:
    async with base.begin() as session:
        await session.execute(update(PanelSession).values(**values))


async def test_the_right_password_opens_a_session(app: FastAPI, carla: Operator) -> None:
    desk = Desk(app)
    answer = await desk.tries("Carla@Example.it")
    assert answer.status_code == 200
    assert answer.json()["operator"] == {
        "id": carla.id,
        "email": "carla@example.it",
        "name": "carla",
        "role": "operator",
    }
    assert (await desk.looks("me")).json() == answer.json()


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    app: FastAPI, carla: Operator
) -> None:
    cookie = (await Desk(app).tries(carla.email)).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Domain" not in cookie


async def test_over_https_the_cookie_is_bound_to_the_host(app: FastAPI, carla: Operator) -> None:
    app.state.settings.secure_cookies = True
    cookie = (await Desk(app).tries(carla.email)).headers["set-cookie"]
    assert cookie.startswith("__Host-sportello=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie


async def test_the_database_holds_neither_token_nor_password(
    app: FastAPI, base: Database, carla: Operator
) -> None:
    desk = await Desk(app).enters(carla)
    async with base.read() as session:
        kept = (await session.scalars(select(PanelSession))).one()
    token = desk.client.cookies["sportello"]
    assert kept.token_hash == sessions.hashed(token) != token
    assert carla.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("email", "password"),
    [("carla@example.it", "sbagliata"), ("nessuno@example.it", PASSWORD)],
)
async def test_wrong_password_and_unknown_operator_read_the_same(
    app: FastAPI, carla: Operator, email: str, password: str
) -> None:
    answer = await Desk(app).tries(email, password)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Indirizzo e-mail o password non corretti."}
    assert "set-cookie" not in answer.headers


async def test_a_retired_operator_stays_outside(
    app: FastAPI, base: Database, carla: Operator
) -> None:
    async with base.begin() as session:
        (await session.get_one(Operator, carla.id)).active = False
    assert (await Desk(app).tries(carla.email)).status_code == 401


async def test_an_unknown_operator_costs_the_work_of_a_known_one() -> None:
    assert not await passwords.fits(PASSWORD, None)
    assert not await passwords.fits(PASSWORD, "not a hash")
    assert await passwords.fits(PASSWORD, passwords.hash_password(PASSWORD))


def test_a_stolen_hash_is_as_dear_to_guess_as_rfc_9106_asks(dear_hasher: PasswordHasher) -> None:
    assert dear_hasher.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("email", ["carla@example.it", "nessuno@example.it"])
async def test_guessing_an_account_is_slowed_down_wherever_it_comes_from(
    app: FastAPI, carla: Operator, email: str
) -> None:
    hosts = (f"192.0.2.{number}" for number in range(1, 255))
    for _ in range(throttle.FREE["account"] + 1):
        assert (await Desk(app, next(hosts)).tries(email, "sbagliata")).status_code == 401
    refused = await Desk(app, next(hosts)).tries(email)
    assert refused.status_code == 429
    assert refused.json() == {"detail": "Troppi tentativi: aspetti 1 secondi e riprovi."}
    assert refused.headers["retry-after"] == "1"


async def test_after_the_pause_the_right_password_opens_and_wipes_the_slate(
    app: FastAPI, base: Database, carla: Operator
) -> None:
    async with base.begin() as session:
        far = {"failures": 1000, "next_at": present() - timedelta(seconds=1)}
        session.add(LoginAttempt(subject=f"account:{carla.email}", **far))
    assert (await Desk(app).tries(carla.email)).status_code == 200
    async with base.read() as session:
        assert await session.get(LoginAttempt, f"account:{carla.email}") is None


async def test_one_address_cannot_try_many_accounts(app: FastAPI, base: Database) -> None:
    for number in range(throttle.FREE["address"] + 1):
        guess = throttle.Guess.of(f"{number}@example.it", "2001:db8::1")
        async with base.begin() as session:
            assert await throttle.count(session, guess) is None
    neighbour = throttle.Guess.of("another@example.it", "2001:db8::ffff")
    async with base.begin() as session:
        assert await throttle.count(session, neighbour) is not None


def test_pauses_double_and_stay_below_a_minute() -> None:
    pauses = [throttle.pause_after(failures, 3).total_seconds() for failures in range(1, 12)]
    assert pauses == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    assert throttle.pause_after(10**9, 3) == throttle.LONGEST_PAUSE


async def test_strangers_read_nothing(client: httpx.AsyncClient) -> None:
    for path in ("me", "tickets", "tickets/x", "events"):
        answer = await client.get(f"/api/panel/{path}", headers={"Cookie": "sportello=made-up"})
        assert answer.status_code == 401, path


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"last_seen_at": sessions.IDLE}, 401),
        ({"expires_at": timedelta()}, 401),
        ({"last_seen_at": sessions.IDLE - timedelta(minutes=5)}, 200),
    ],
)
async def test_a_session_ends_when_idle_and_after_a_shift(
    app: FastAPI, base: Database, carla: Operator, values: dict[str, timedelta], status: int
) -> None:
    """`values`: how long ago, when the test runs and not when it was collected."""
    desk = await Desk(app).enters(carla)
    await change_session(base, **{name: present() - ago for name, ago in values.items()})
    assert (await desk.looks("me")).status_code == status


@pytest.mark.parametrize(("headers", "moved"), [({}, True), ({"X-Background": "1"}, False)])
async def test_only_a_person_keeps_a_session_alive(
    app: FastAPI, base: Database, carla: Operator, headers: dict[str, str], moved: bool
) -> None:
    desk = await Desk(app).enters(carla)
    before = present() - timedelta(minutes=10)
    await change_session(base, last_seen_at=before)
    await desk.looks("me", headers=headers)
    async with base.read() as session:
        seen = await session.scalar(select(PanelSession.last_seen_at))
    assert (seen > before) is moved


async def test_a_revoked_operator_is_out_at_once(
    app: FastAPI, base: Database, carla: Operator
) -> None:
    desk = await Desk(app).enters(carla)
    async with base.begin() as session:
        (await session.get_one(Operator, carla.id)).active = False
    assert (await desk.looks("tickets")).status_code == 401
    assert (await desk.does("tickets/x/take", version=1)).status_code == 401


async def test_logging_out_ends_the_session_for_every_copy_of_the_cookie(
    app: FastAPI, carla: Operator
) -> None:
    desk = await Desk(app).enters(carla)
    thief = Desk(app)
    thief.client.cookies.update(desk.client.cookies)
    assert (await desk.does("logout")).status_code == 204
    assert (await thief.looks("me")).status_code == 401


async def test_logging_in_again_ends_the_session_before(app: FastAPI, carla: Operator) -> None:
    desk = await Desk(app).enters(carla)
    before = Desk(app)
    before.client.cookies.update(desk.client.cookies)
    await desk.enters(carla)
    assert (await before.looks("me")).status_code == 401
    assert (await desk.looks("me")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": "àè"}],
)
async def test_a_change_without_our_token_is_refused(
    app: FastAPI, carla: Operator, headers: dict[str, str]
) -> None:
    desk = await Desk(app).enters(carla)
    raw = {name: value.encode() for name, value in headers.items()}
    answer = await desk.client.post("/api/panel/logout", headers=raw)
    assert answer.status_code == 403
    assert (await desk.looks("me")).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_other_sites_can_neither_act_nor_log_in(
    app: FastAPI, carla: Operator, site: str
) -> None:
    desk = await Desk(app).enters(carla)
    headers = {"X-CSRF-Token": desk.csrf, "Sec-Fetch-Site": site}
    assert (await desk.client.post("/api/panel/logout", headers=headers)).status_code == 403
    login = {"email": carla.email, "password": PASSWORD}
    answer = await desk.client.post("/api/panel/login", json=login, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"\xff\xfe", 422),
        (b"[1]", 422),
        (b'{"email": 1, "password": []}', 422),
        (b'{"email": "a@b.it"}', 422),
        (b'{"email": "a@b.it", "password": "' + b"x" * 10_000 + b'"}', 422),
        (b'{"email": "a@b.it", "password": "\\ud800"}', 422),
        (b'{"email": "\\u0000\\ud800", "password": "x"}', 401),
        (b"[" * 30_000, 422),
        (b"x" * 100_000, 413),
    ],
)
async def test_a_malformed_login_gets_a_sentence(
    client: httpx.AsyncClient, body: bytes, status: int
) -> None:
    answer = await client.post("/api/panel/login", content=body)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)


async def test_the_first_administrator_is_made_and_told_once(
    database: Database, settings: Settings
) -> None:
    async with database.begin() as session:
        line = await ensure_administrator(session, settings)
    assert line is not None
    word, user, password = line.split()
    assert (word, user) == ("login:", FIRST_EMAIL)
    async with database.begin() as session:
        made = (await session.scalars(select(Operator))).one()
        assert await passwords.fits(password, made.password_hash)
        assert await ensure_administrator(session, settings) is None


async def test_an_administrator_of_the_settings_is_not_printed(
    database: Database, settings: Settings
) -> None:
    settings.admin_email, settings.admin_password = "Urp@Example.it", SecretStr(PASSWORD)
    async with database.begin() as session:
        assert await ensure_administrator(session, settings) is None
        made = (await session.scalars(select(Operator))).one()
    assert (made.email, made.role) == ("urp@example.it", "administrator")


async def test_there_is_no_other_role(database: Database) -> None:
    async with database.begin() as session:
        with pytest.raises(ValueError, match="no such role"):
            await add_operator(session, email="a@b.it", name="A", password="x", role="god")


async def test_without_a_session_the_panel_leads_to_the_login(client: httpx.AsyncClient) -> None:
    answer = await client.get("/panel")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/panel/login"


async def test_the_pages_run_nothing_but_our_files(client: httpx.AsyncClient) -> None:
    answer = await client.get("/panel/login")
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for inline in ("<style", " style=", "onclick", "javascript:"):
        assert inline not in answer.text
