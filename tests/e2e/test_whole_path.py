"""The whole path in two real browsers: a citizen asks, the bot answers, a person takes over."""

import re
import time
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]
A_SECOND = 1_000  # milliseconds


class CitizenPage:
    def __init__(self, page: Page, stack: Stack) -> None:
        self.page = page
        page.goto(f"{stack.base_url}/chat")
        expect(page.get_by_role("log")).to_contain_text("112")

    def says(self, text: str) -> None:
        self.page.get_by_label("Scriva il suo messaggio").fill(text)
        self.page.keyboard.press("Enter")

    def reads(self, text: str | re.Pattern[str], *, within: float = 10 * A_SECOND) -> None:
        expect(self.page.get_by_role("log")).to_contain_text(text, timeout=within)


class OperatorPage:
    def __init__(self, page: Page, stack: Stack) -> None:
        self.page = page
        page.goto(f"{stack.base_url}/panel/login")
        page.get_by_label("E-mail").fill(stack.email)
        page.get_by_label("Password", exact=True).fill(stack.password)
        page.get_by_role("button", name="Entra").click()
        page.wait_for_url("**/panel")


def test_the_way_of_a_request_from_the_first_question_to_the_score(
    stack: Stack, new_page: NewPage
) -> None:
    operator = OperatorPage(new_page(viewport={"width": 1440, "height": 900}), stack)
    citizen = CitizenPage(new_page(viewport={"width": 390, "height": 844}), stack)

    citizen.says("dove posso parcheggiare?")
    citizen.reads(re.compile("parcheggi", re.IGNORECASE), within=A_SECOND)
    citizen.says("qual è il numero di cardilogia")
    citizen.reads(re.compile(r"Cardiologia.*070", re.DOTALL))

    citizen.says("voglio parlare con una persona")
    citizen.reads(re.compile(r"URP-\d\d-[0-9A-Z]{4}"))
    name = re.findall(r"URP-\d\d-[0-9A-Z]{4}", citizen.page.get_by_role("log").inner_text())[-1]
    row = operator.page.get_by_text(name).first
    expect(row).to_be_visible(timeout=A_SECOND)

    row.click()
    operator.page.get_by_role("button", name=re.compile("Prendi in carico")).click()
    operator.page.get_by_role("textbox", name=re.compile("Risposta")).fill("Buongiorno, eccomi.")
    operator.page.keyboard.press("Control+Enter")
    citizen.reads("Buongiorno, eccomi.")

    operator.page.get_by_role("button", name=re.compile("^Chiudi")).first.click()
    operator.page.get_by_role("button", name="Chiudi la richiesta").click()
    citizen.reads(re.compile("voto", re.IGNORECASE))
    citizen.page.get_by_role("button", name=re.compile("^5")).last.click()
    citizen.reads(re.compile("Grazie"))
    assert score_of(stack, name) == 5


def score_of(stack: Stack, name: str) -> int | None:
    with httpx.Client(base_url=stack.base_url) as http:
        login = {"email": stack.email, "password": stack.password}
        http.post("/api/panel/login", json=login).raise_for_status()
        listed = http.get("/api/panel/tickets?state=closed").json()["tickets"]
        ticket = next(ticket for ticket in listed if ticket["name"] == name)
        details = http.get(f"/api/panel/tickets/{ticket['id']}").json()
    score: int | None = details["survey"]["score"]
    return score


def test_with_the_bot_killed_an_emergency_is_answered_and_everything_else_gets_a_ticket(
    stack: Stack, new_page: NewPage
) -> None:
    citizen = CitizenPage(new_page(), stack)
    stack.bot.kill()
    try:
        before = time.monotonic()
        citizen.says("mi fa male il petto e non respiro")
        citizen.reads("Chiami subito il 112")
        assert time.monotonic() - before < 1
        another = CitizenPage(new_page(), stack)
        another.says("dove posso parcheggiare?")
        another.reads(re.compile(r"non funziona.*URP-\d\d", re.DOTALL))
        ready = httpx.get(f"{stack.base_url}/readyz")
        assert (ready.status_code, ready.json()["degraded"]) == (200, ["bot"])
    finally:
        stack.bot.start()
        stack.bot.wait_until_alive()
