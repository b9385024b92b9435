"""For everybody: keyboard, screen reader, small and large screens, still pictures."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.chat.citizen import ChatPage, Office, state

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]
Scheme = Literal["light", "dark"]
SURVEY = {
    "author": "system",
    "text": "Com'è andata?",
    "topic": "sondaggio",
    "buttons": [{"title": str(n), "payload": f"voto:{n}"} for n in range(1, 6)],
}
OPERATOR = {"author": "operator", "author_name": "Anna", "text": "Buongiorno, sono Anna."}
URGENT = {"author": "bot", "topic": "emergenza", "text": "Chiami subito il 112."}
LONG = "parolamoltolungasenzaspazi" * 8
SMALL = {"width": 320, "height": 640}


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_a_conversation(
    office: Office, quiet_page: NewPage, width: int, scheme: Scheme
) -> None:
    page = quiet_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    citizen = ChatPage(page, office).opens()
    assert faults(page) == []
    citizen.asks("forse")
    citizen.answers.last.get_by_role("button", name="Parcheggio").click()
    expect(citizen.answers).to_have_count(2)
    for message in (SURVEY, OPERATOR, URGENT):
        citizen.shows(message)
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_when_something_went_wrong(
    office: Office, new_page: NewPage, scheme: Scheme
) -> None:
    page = new_page(viewport=SMALL, color_scheme=scheme, reduced_motion="reduce")
    citizen = ChatPage(page, office).opens()
    citizen.text.fill("a" * 4_001)
    citizen.text.press("Enter")
    assert faults(page) == []
    page.context.set_offline(True)
    state(citizen.says("senza rete"), "non inviato")
    assert faults(page) == []


def test_axe_finds_nothing_in_the_question_at_the_end_and_after_it(citizen: ChatPage) -> None:
    citizen.end.first.click()
    assert faults(citizen.page) == []
    citizen.page.get_by_role("dialog").get_by_role("button", name="Termina").click()
    expect(citizen.page.get_by_role("button", name="Nuova conversazione")).to_be_visible()
    assert faults(citizen.page) == []


def test_the_keyboard_is_enough(citizen: ChatPage) -> None:
    page = citizen.page
    for _ in range(20):
        if citizen.text.evaluate("(text) => text === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("forse")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("due righe")
    page.keyboard.press("Enter")
    expect(citizen.answers).to_have_count(1)
    expect(citizen.messages.nth(1)).to_contain_text("forse\ndue righe")
    expect(citizen.text).to_be_focused()
    choice = citizen.answers.last.get_by_role("button").first
    for _ in range(10):
        if choice.evaluate("(button) => button === document.activeElement"):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(citizen.answers).to_have_count(2)
    expect(citizen.text).to_be_focused()  # where the button was there is only text now


def test_every_focused_control_is_seen(citizen: ChatPage) -> None:
    for _ in range(8):
        citizen.page.keyboard.press("Tab")
        outline = citizen.page.evaluate(
            "() => getComputedStyle(document.activeElement).outlineStyle"
        )
        assert outline != "none"


def test_a_new_message_leaves_the_focus_where_it_is(citizen: ChatPage) -> None:
    citizen.end.first.focus()
    citizen.writes_elsewhere("dove posso parcheggiare?")
    expect(citizen.answers).to_have_count(1)
    expect(citizen.end.first).to_be_focused()


def test_the_conversation_is_a_log_that_reads_new_messages_only(citizen: ChatPage) -> None:
    expect(citizen.log).to_have_attribute("aria-live", "polite")
    assert citizen.page.locator("[aria-live]").count() == 1
    citizen.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          const log = document.getElementById("log");
          window.liveAt = [];
          new MutationObserver(() => window.liveAt.push(log.getAttribute("aria-live")))
            .observe(document.getElementById("messages"), { childList: true });
        });"""
    )
    citizen.page.reload()
    expect(citizen.messages).to_have_count(1)
    assert set(citizen.page.evaluate("window.liveAt")) == {"off"}


@pytest.mark.parametrize("size", ["100%", "200%"])
def test_nothing_runs_out_of_a_small_screen(
    office: Office, quiet_page: NewPage, size: str
) -> None:
    citizen = ChatPage(quiet_page(viewport=SMALL), office).opens()
    citizen.page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
    citizen.asks(f"forse {LONG}")
    for message in (SURVEY, OPERATOR, {**URGENT, "text": LONG}):
        citizen.shows(message)
    widths: list[Any] = citizen.page.evaluate(
        """() => [...document.querySelectorAll("html, body, #log, #desk, header")]
             .filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.id)"""
    )
    assert widths == []
    expect(citizen.text).to_be_in_viewport()


def test_every_control_is_large_enough_for_a_finger(citizen: ChatPage) -> None:
    citizen.asks("forse")
    citizen.shows(SURVEY)
    for button in citizen.page.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44, button.inner_text()


def test_nothing_moves_for_who_asked_for_stillness(office: Office, quiet_page: NewPage) -> None:
    citizen = ChatPage(quiet_page(reduced_motion="reduce"), office).opens()
    citizen.asks()
    citizen.page.evaluate("document.getElementById('typing').hidden = false")
    assert citizen.page.evaluate("document.getAnimations().length") == 0


def test_the_score_is_a_group_from_one_to_five(citizen: ChatPage) -> None:
    group = citizen.shows(SURVEY).get_by_role("group", name="Voto da 1 a 5")
    names = [button.get_attribute("aria-label") for button in group.get_by_role("button").all()]
    assert names == ["1 su 5", "2 su 5", "3 su 5", "4 su 5", "5 su 5"]
    expect(group).to_contain_text("molto bene")


def test_in_forced_colours_bubbles_keep_their_edges(office: Office, quiet_page: NewPage) -> None:
    citizen = ChatPage(quiet_page(forced_colors="active"), office).opens()
    edge = citizen.messages.first.locator(".text").evaluate(
        "(text) => getComputedStyle(text).borderTopStyle"
    )
    assert edge == "solid"
