"""The panel by keyboard alone, by axe, on a phone and zoomed in."""

import json
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.panel.people import PASSWORD, Citizen, DeskPage, Office

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]
WIDE = {"width": 1440, "height": 900}
MIDDLE = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}
RULES = {
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ]
}  # fmt: skip


def complaints(page: Page) -> list[str]:
    """What axe finds wrong, with the place."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {json.dumps([node['html'] for node in rule['nodes']])}" for rule in found
    ]


def test_axe_finds_nothing_at_the_login(office: Office, quiet_page: NewPage) -> None:
    page = quiet_page()
    page.goto(f"{office.url}/panel/login?perche=scaduta")
    expect(page.get_by_text("La sessione è terminata")).to_be_visible()
    assert complaints(page) == []


@pytest.mark.parametrize("width", [390, 768, 1024, 1280, 1366, 1440])
def test_the_bar_stays_on_the_screen(carla: DeskPage, width: int) -> None:
    carla.page.set_viewport_size({"width": width, "height": 800})
    way_out = carla.page.get_by_role("button", name="Esci")
    expect(way_out).to_be_in_viewport(ratio=1)
    assert carla.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("size", [WIDE, MIDDLE, PHONE])
def test_axe_finds_nothing_while_working(
    carla: DeskPage, citizen: Citizen, words: str, size: dict[str, int]
) -> None:
    carla.page.set_viewport_size(size)  # type: ignore[arg-type]
    citizen.asks_for_a_person(words)
    Citizen(citizen.office).says("mi fa male il petto e non respiro")
    expect(carla.page.locator("#alarm")).to_be_visible()
    expect(carla.card(words)).to_be_visible()
    assert complaints(carla.page) == []
    carla.opens(words).takes()
    carla.answers("Buongiorno")
    assert complaints(carla.page) == []
    carla.page.get_by_role("tab", name="Nota interna").click()
    carla.text.fill("nota")
    carla.text.press("Control+Enter")
    expect(carla.log.locator(".said-note")).to_be_visible()
    assert complaints(carla.page) == []
    carla.button("Chiudi").click()
    assert complaints(carla.page) == []
    carla.page.get_by_role("button", name="Chiudi la richiesta").click()
    expect(carla.page.get_by_role("dialog")).to_be_hidden()
    assert complaints(carla.page) == []


def test_axe_finds_nothing_in_an_empty_queue_and_in_the_list_of_keys(carla: DeskPage) -> None:
    carla.page.get_by_label("Cerca nella coda").fill("non c'è niente di simile")
    expect(carla.page.locator("#queue-blank")).to_contain_text("Niente di simile")
    assert complaints(carla.page) == []
    carla.page.get_by_role("button", name="Tasti").click()
    assert complaints(carla.page) == []


def test_one_logs_in_and_reaches_a_request_by_keyboard_alone(
    office: Office, quiet_page: NewPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    desk = DeskPage(quiet_page(viewport=WIDE), office)
    desk.page.goto(f"{office.url}/panel")
    keys = desk.page.keyboard
    keys.type("carla@example.it")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    desk.is_live()
    expect(desk.card(words)).to_be_visible()
    keys.press("Tab")
    expect(desk.page.get_by_role("link", name="Vai alla coda")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(desk.queue.get_by_role("link").first).to_be_focused()
    keys.press("Enter")
    expect(desk.page.locator("#conversation-title")).to_be_visible()


def closes_by_key(carla: DeskPage) -> None:
    expect(carla.text).to_have_value("")  # the page has its receipt: it is free for the next step
    carla.page.keyboard.press("Escape")
    carla.page.keyboard.press("e")
    expect(carla.page.get_by_role("dialog")).to_contain_text("Chiudere URP-")
    expect(carla.page.locator("#confirm-yes")).to_be_focused()
    carla.page.keyboard.press("Enter")
    expect(carla.page.locator("#nothing-open")).to_be_visible()


def test_keys_do_what_the_list_says(carla: DeskPage, citizen: Citizen, words: str) -> None:
    citizen.asks_for_a_person(words)
    keys = carla.page.keyboard
    keys.press("/")
    keys.type(words)
    expect(carla.queue.locator("li")).to_have_count(1)
    carla.page.get_by_label("Cerca nella coda").blur()
    keys.press("j")
    expect(carla.log).to_contain_text(words)
    expect(carla.card(words).get_by_role("link")).to_be_focused()
    keys.press("n")
    keys.type("una nota j k e")
    keys.press("Control+Enter")
    expect(carla.log.locator(".said-note")).to_contain_text("una nota j k e")
    keys.press("Escape")
    expect(carla.card(words).get_by_role("link")).to_be_focused()
    keys.press("p")
    expect(carla.text).to_be_focused()
    keys.type("Buongiorno, eccomi")
    keys.press("Escape")
    keys.press("r")
    expect(carla.text).to_have_value("Buongiorno, eccomi")
    keys.press("Control+Enter")
    citizen.hears("Buongiorno, eccomi")
    closes_by_key(carla)
    citizen.hears("voto da 1")


def test_keys_can_be_switched_off_and_stay_off(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    keys = carla.page.keyboard
    keys.press("?")
    carla.page.get_by_label("Tasti rapidi attivi").uncheck()
    keys.press("Escape")
    carla.page.reload()
    carla.is_live()
    keys.press("?")
    keys.press("j")
    expect(carla.page.get_by_role("dialog")).to_be_hidden()
    expect(carla.page.locator("#nothing-open")).to_be_visible()


def test_the_focus_stays_where_it_is_when_something_arrives(
    carla: DeskPage, office: Office, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    carla.opens(words).takes()
    carla.text.type("sto scrivendo")
    Citizen(office).says("mi fa male il petto e non respiro")
    expect(carla.page.locator("#alarm")).to_be_visible()
    citizen.says("è ancora lì?")
    expect(carla.log).to_contain_text("è ancora lì?")
    expect(carla.text).to_be_focused()
    expect(carla.text).to_have_value("sto scrivendo")


def test_only_the_new_is_read_aloud(carla: DeskPage, citizen: Citizen, words: str) -> None:
    """What stands in the log stays the same element: a screen reader does not repeat it."""
    citizen.asks_for_a_person(words)
    carla.opens(words).takes()
    first = carla.log.locator(".said-citizen").first.element_handle()
    citizen.says("un'altra cosa")
    expect(carla.log).to_contain_text("un'altra cosa")
    assert first.evaluate("element => element.isConnected")
    expect(carla.log).to_have_attribute("aria-live", "polite")


def test_on_a_phone_one_works_pane_by_pane(
    office: Office, quiet_page: NewPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    desk = DeskPage(quiet_page(viewport=PHONE, has_touch=True), office).enters("carla")
    expect(desk.page.locator("#conversation")).to_be_hidden()
    desk.opens(words)
    expect(desk.queue).to_be_hidden()
    desk.takes()
    desk.answers("Buongiorno")
    desk.button("Dettagli").click()
    expect(desk.page.locator("#details-body")).to_contain_text("l'ha chiesto il cittadino")
    desk.page.get_by_role("button", name="Chiudi i dettagli").click()
    desk.button("Coda").click()
    expect(desk.queue).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 256}])
def test_nothing_is_cut_off_on_narrow_screens(
    carla: DeskPage, citizen: Citizen, words: str, size: dict[str, int]
) -> None:
    """320 × 256 is 1280 × 1024 at 400 % (WCAG 1.4.10)."""
    carla.page.set_viewport_size(size)  # type: ignore[arg-type]
    citizen.asks_for_a_person(words)
    expect(carla.card(words)).to_be_visible()
    assert is_within(carla.page)
    carla.opens(words).takes()
    carla.answers("parola" * 60)
    assert is_within(carla.page)


def is_within(page: Page) -> bool:
    script = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(script))


def test_buttons_are_large_enough_for_a_thumb(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    carla.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    citizen.asks_for_a_person(words)
    carla.opens(words).takes()
    sizes = carla.page.evaluate(
        """[...document.querySelectorAll("button, a.card-link")]
           .filter((element) => element.checkVisibility() && element.offsetWidth > 1)
           .map((element) => [element.textContent.trim(), element.offsetHeight])"""
    )
    assert [name for name, height in sizes if height < 44] == []
