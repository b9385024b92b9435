"""The course on every channel with the trained bot: a service that leads to fake providers."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import serving
from tests.e2e.stack import EMAIL, PASSWORD, Stack
from tests.journey import course, sides
from tests.journey.__main__ import at, play_all
from tests.journey.base import Side
from tests.journey.office import Office
from tests.journey.stage import Stage
from tests.postgres import free_port

pytestmark = pytest.mark.e2e
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, Any]]:
    with sides.providers() as fakes:
        yield fakes


@pytest.fixture(scope="module")
def stage(
    stack: Stack, fakes: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Beside the stack's own service, with its bot."""
    folder, port = tmp_path_factory.mktemp("channels"), free_port()
    database_url = f"sqlite+aiosqlite:///{folder / 'channels.db'}"
    service = serving.handoff(
        port=port,
        database_url=database_url,
        bot_url=stack.bot_url,
        SPORTELLO_ADMIN_EMAIL=EMAIL,
        SPORTELLO_ADMIN_PASSWORD=PASSWORD,
        **sides.environment(fakes),
    )
    for command in ("migrate", "first-login"):
        service.once(sys.executable, "-m", "handoff", command)
    with serving.running(service):
        yield Stage(f"http://127.0.0.1:{port}", database_url, EMAIL, PASSWORD)


def test_the_trained_bot_and_an_operator_serve_a_citizen_on_every_channel(
    stage: Stage, fakes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    failed = apart(play_all(stage, fakes))
    told = capsys.readouterr().out
    assert failed == [], told
    assert all(f"\n{name} " in told for name in (*sides.NAMES, *sides.BY_HAND))


def apart(work: Awaitable[Any]) -> Any:
    """A browser's event loop runs in this thread."""
    with ThreadPoolExecutor() as thread:
        return thread.submit(asyncio.run, work).result()


async def taken(stage: Stage, fakes: dict[str, Any], name: str) -> str:
    """A citizen of the channel waits for a reply by us; the ticket's id."""
    async with at(stage) as citizens, at(stage) as http:
        office = await Office(http).enters(stage.email, stage.password)
        if name in sides.BY_HAND:
            contact = {"channel": name, "text": course.QUESTION, "outcome": "open"}
            return str((await office.writes_down(**contact))["id"])
        side = side_of(sides.citizens(citizens, fakes), name)
        await side.write(course.WISH)
        ticket = await course.finds(side, office)
        return str((await office.does(ticket, "take"))["id"])


def side_of(citizens: list[Side], name: str) -> Side:
    return next(side for side in citizens if side.name == name)


async def told(stage: Stage, fakes: dict[str, Any], name: str, state: str) -> None:
    async with at(stage) as citizens:
        await side_of(sides.citizens(citizens, fakes), name).tell(state)


def opened(page: Page, stage: Stage, ticket: str) -> Page:
    page.goto(f"{stage.url}/panel/login")
    page.get_by_label("E-mail").fill(stage.email)
    page.get_by_label("Password", exact=True).fill(stage.password)
    page.get_by_role("button", name="Entra").click()
    page.wait_for_url("**/panel")
    page.goto(f"{stage.url}/panel#{ticket}")
    expect(page.locator("#conversation-title")).to_be_visible()
    return page


def test_an_operator_sees_the_states_of_a_message_change(
    stage: Stage, fakes: dict[str, Any], new_page: NewPage
) -> None:
    page = opened(new_page(viewport=WIDE), stage, apart(taken(stage, fakes, "whatsapp")))
    page.get_by_label("Risposta: la legge il cittadino").fill(course.REPLY)
    page.keyboard.press("Control+Enter")
    last = page.locator(".delivery").last
    expect(last).to_have_text("inviato")
    for state, word in (("delivered", "consegnato"), ("read", "letto")):
        apart(told(stage, fakes, "whatsapp", state))
        expect(last).to_have_text(word)


def test_on_pec_nothing_is_called_failed_and_nothing_goes_to_the_assistant(
    stage: Stage, fakes: dict[str, Any], new_page: NewPage
) -> None:
    page = opened(new_page(viewport=WIDE), stage, apart(taken(stage, fakes, "pec")))
    expect(page.locator(".delivery").first).to_contain_text("scrivono solo persone")
    expect(page.get_by_text("fallito")).to_have_count(0)
    expect(page.get_by_text("casella certificata, non la persona")).to_be_visible()
    expect(page.get_by_role("button", name="Chiudi", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="Restituisci all'assistente")).to_have_count(0)


def test_an_operator_reads_that_nobody_verified_who_writes(
    stage: Stage, fakes: dict[str, Any], new_page: NewPage
) -> None:
    page = opened(new_page(viewport=WIDE), stage, apart(taken(stage, fakes, "instagram")))
    expect(page.locator("#details").get_by_text("non verificata")).to_be_visible()


def test_what_was_said_on_the_phone_is_written_down_not_sent(
    stage: Stage, fakes: dict[str, Any], new_page: NewPage
) -> None:
    page = opened(new_page(viewport=NARROW), stage, apart(taken(stage, fakes, "phone")))
    page.get_by_label("Che cosa ha detto al cittadino").fill("Alle 7:30, con la ricetta.")
    expect(page.get_by_role("button", name="Allega un file")).to_be_hidden()
    page.get_by_role("button", name="Registra", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("Alle 7:30, con la ricetta.")
    expect(page.locator(".delivery")).to_have_count(0)


@pytest.mark.parametrize("name", ["telegram", "bridge"])
def test_the_bar_stands_whole_on_a_phone_and_files_are_offered_where_they_go(
    stage: Stage, fakes: dict[str, Any], new_page: NewPage, name: str
) -> None:
    page = opened(new_page(viewport=NARROW), stage, apart(taken(stage, fakes, name)))
    brand = page.locator(".live").bounding_box()
    assert brand
    assert brand["y"] >= 4
    attach = page.get_by_role("button", name="Allega un file")
    if name == "telegram":
        expect(attach).to_be_visible()
    else:
        expect(page.get_by_role("button", name="Invia risposta")).to_be_visible()
        expect(attach).to_be_hidden()
        page.get_by_role("button", name="Dettagli").click()
        expect(page.locator("#details")).to_contain_text("linkedin")
