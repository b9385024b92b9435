"""The page of a request in a real browser: without JavaScript, by keyboard, by axe, on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chat.citizen import ChatPage, Office
from tests.e2e.chat.test_chat_access import SMALL, faults

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]
Request = tuple[str, str]
WRONG_KEY = "00000-0000-0000"


@pytest.fixture
def request_of(citizen: ChatPage) -> Request:
    """Name and key, as the citizen reads them in the chat."""
    citizen.asks("voglio una persona")
    told = citizen.answers.last.inner_text()
    name = re.search(r"URP-\d\d-[0-9A-Z]{4}", told)
    key = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}", told)
    assert name
    assert key
    return name[0], key[0]


def asks(page: Page, office: Office, request: Request) -> None:
    page.goto(f"{office.url}/pratica")
    page.get_by_label("Numero della richiesta").fill(request[0])
    page.get_by_label("Codice").fill(request[1])
    page.get_by_role("button", name="Mostra a che punto è").click()


def test_without_javascript_a_citizen_reads_how_the_request_stands(
    office: Office, new_page: NewPage, request_of: Request
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    asks(page, office, request_of)
    expect(page.get_by_role("heading", level=2)).to_have_text(f"Richiesta {request_of[0]}")
    expect(page.get_by_text("È in attesa di un operatore")).to_be_visible()
    assert page.url == f"{office.url}/pratica"
    assert request_of[1] not in page.content()


def test_by_keyboard_alone_from_a_mistake_to_the_answer(
    office: Office, new_page: NewPage, request_of: Request
) -> None:
    page = new_page()
    asks(page, office, (request_of[0], "ABC"))
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Codice")).to_be_focused()
    expect(page.get_by_label("Codice")).to_have_accessible_description(
        re.compile("lo scriva intero")
    )
    page.keyboard.type(request_of[1])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_be_focused()


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_page_of_a_request(
    office: Office, new_page: NewPage, request_of: Request, width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 800})
    asks(page, office, ("URP", ""))
    assert faults(page) == []
    asks(page, office, (request_of[0], WRONG_KEY))
    assert faults(page) == []
    asks(page, office, request_of)
    assert faults(page) == []


def test_on_a_narrow_screen_nothing_has_to_be_scrolled_sideways(
    office: Office, new_page: NewPage, request_of: Request
) -> None:
    page = new_page(viewport=SMALL)
    for request in (("URP", ""), request_of):
        asks(page, office, request)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_browser_breaks_no_rule_of_the_page(
    office: Office, quiet_page: NewPage, request_of: Request
) -> None:
    page = quiet_page()
    asks(page, office, request_of)
    expect(page.get_by_role("heading", level=2)).to_be_visible()
