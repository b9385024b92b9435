"""A citizen asks and reads the answer; nothing is lost when the line or the service fails."""

import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.chat.citizen import PARKING, ChatPage, Office, state

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]


def test_a_citizen_asks_and_reads_who_answers_what(citizen: ChatPage) -> None:
    said = citizen.says(PARKING)
    state(said, "inviato")
    expect(said.locator(".who")).to_have_text("Lei")
    answer = citizen.answers.last
    expect(answer.locator(".who")).to_have_text("Assistente")
    expect(answer).to_contain_text(re.compile("parchegg", re.IGNORECASE))


def test_the_notice_stands_first_and_the_day_above_it(citizen: ChatPage) -> None:
    first = citizen.page.locator("#messages > li")
    expect(first.nth(0)).to_have_text("Oggi")
    expect(first.nth(1)).to_contain_text("112")
    expect(citizen.messages.first.locator(".who")).to_have_text("Sportello")


def test_a_choice_is_pressed_once_and_remains_as_text(citizen: ChatPage) -> None:
    citizen.asks("forse")
    group = citizen.answers.first.get_by_role("group", name="Risposte rapide")
    choice = group.get_by_role("button", name="Parcheggio")
    choice.click()
    expect(citizen.messages.filter(has_text="Parcheggio").last).to_be_visible()
    expect(citizen.answers).to_have_count(2)
    expect(choice).to_have_count(0)
    expect(group).to_contain_text("Parcheggio")


def test_a_person_is_one_press_away(citizen: ChatPage) -> None:
    citizen.page.locator("#person").click()
    expect(citizen.answers.last).to_contain_text(re.compile(r"URP-\d\d-\w{4}"))
    expect(citizen.page.locator("#holder")).to_have_text("In attesa di un operatore")


def test_an_emergency_stands_out_and_can_be_called(citizen: ChatPage) -> None:
    citizen.says("mi fa male il petto e non respiro")
    urgent = citizen.page.locator(".message.urgent")
    expect(urgent.get_by_role("link", name="112").first).to_have_attribute("href", "tel:112")


def test_a_reload_shows_the_same_conversation(citizen: ChatPage) -> None:
    citizen.asks()
    before = citizen.texts()
    citizen.page.reload()
    expect(citizen.messages).to_have_count(len(before))
    assert citizen.texts() == before


def test_another_window_shows_what_was_said_here(citizen: ChatPage) -> None:
    other = ChatPage(citizen.page.context.new_page(), citizen.office).opens()
    citizen.asks()
    expect(other.answers).to_have_count(1)
    assert other.texts() == citizen.texts()


def test_what_is_written_without_network_is_sent_in_order_when_it_returns(
    office: Office, new_page: NewPage
) -> None:
    citizen = ChatPage(new_page(), office).opens()
    citizen.page.context.set_offline(True)
    first = citizen.says("parcheggio uno")
    state(first, "non inviato")
    citizen.says("parcheggio due")
    citizen.says("parcheggio tre")
    citizen.page.context.set_offline(False)
    expect(citizen.answers).to_have_count(3)
    expect(citizen.status).to_have_text("")
    heard = [message["text"] for message in citizen.stored() if message["author"] == "citizen"]
    assert heard == ["parcheggio uno", "parcheggio due", "parcheggio tre"]
    assert citizen.numbers() == [message["seq"] for message in citizen.stored()]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_lost_when_the_service_ends_and_comes_back(
    office: Office, new_page: NewPage, how: signal.Signals
) -> None:
    citizen = ChatPage(new_page(), office).opens()
    citizen.asks()
    office.service.stop(how)
    said = citizen.says("parcheggio senza servizio")
    state(said, "non inviato")
    expect(citizen.status).to_contain_text("riprovo")
    office.service.start()
    office.service.wait_until_alive()
    # at once, where there still is a button: the page tries again by itself
    said.locator(".retry").evaluate_all("all => all.forEach((each) => each.click())")
    state(said, "inviato$")
    expect(citizen.answers).to_have_count(2, timeout=20_000)
    expect(citizen.status).to_have_text("")
    assert len(citizen.stored()) == 5


def test_a_message_whose_receipt_was_lost_is_stored_once(
    office: Office, new_page: NewPage
) -> None:
    citizen = ChatPage(new_page(), office).opens()
    lost = 0

    def lose_receipt(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost > 1:
            return route.continue_()
        route.fetch()
        return route.abort()

    citizen.page.route("**/api/webchat/messages", lose_receipt)
    state(citizen.says(PARKING), "inviato$")
    expect(citizen.answers).to_have_count(1)
    assert [message["author"] for message in citizen.stored()] == ["system", "citizen", "bot"]
    expect(citizen.messages).to_have_count(3)


def test_without_streams_the_chat_asks_again_and_again(office: Office, new_page: NewPage) -> None:
    page = new_page()
    # a proxy that passes no stream on: the request stays open and nothing comes
    page.route("**/api/webchat/events*", lambda _route: None)
    citizen = ChatPage(page, office)
    page.goto(f"{office.url}/chat")
    expect(citizen.end.first).to_be_visible(timeout=20_000)
    citizen.asks()
    citizen.asks("parcheggio ancora")


def test_to_end_the_conversation_leaves_no_trace_on_the_device(citizen: ChatPage) -> None:
    citizen.asks()
    headers = citizen.headers
    citizen.end.first.click()
    with citizen.page.expect_response("**/api/webchat/sessions") as closed:
        citizen.page.get_by_role("dialog").get_by_role("button", name="Termina").click()
    assert closed.value.status == 204
    expect(citizen.page.get_by_role("heading", name="Conversazione cancellata")).to_be_focused()
    assert citizen.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert citizen.texts() == []
    answer = citizen.page.request.get(
        f"{citizen.office.url}/api/webchat/messages", headers=headers
    )
    assert answer.status == 401
    citizen.page.get_by_role("button", name="Nuova conversazione").click()
    citizen.asks()


def test_to_think_again_keeps_the_conversation(citizen: ChatPage) -> None:
    citizen.asks()
    citizen.end.first.click()
    citizen.page.get_by_role("button", name="Continua la conversazione").click()
    citizen.asks()


def test_a_token_that_opens_nothing_leads_to_a_new_conversation(
    office: Office, new_page: NewPage
) -> None:
    citizen = ChatPage(new_page(), office).opens()
    citizen.page.evaluate("localStorage.setItem('sportello.token', 'nessuna')")
    citizen.page.reload()
    citizen.page.get_by_role("button", name="Nuova conversazione").click()
    citizen.asks()


def test_a_text_that_is_too_long_is_explained_and_kept(citizen: ChatPage) -> None:
    citizen.text.fill("a" * 4_001)
    expect(citizen.page.locator("#counter")).to_have_text("4.001 di 4.000 caratteri")
    citizen.text.press("Enter")
    expect(citizen.page.get_by_role("alert")).to_have_text(
        "Il messaggio è troppo lungo: tolga un carattere."
    )
    assert len(citizen.text.input_value()) == 4_001
    expect(citizen.messages).to_have_count(1)


def test_nothing_written_is_explained(citizen: ChatPage) -> None:
    citizen.text.press("Enter")
    expect(citizen.page.get_by_role("alert")).to_have_text("Scriva prima la sua domanda.")


def test_the_assistant_is_seen_thinking(citizen: ChatPage) -> None:
    citizen.office.bot.fault = "hang"
    try:
        citizen.says(PARKING)
        expect(citizen.page.locator("#typing")).to_be_visible()
    finally:
        citizen.office.bot.fault = None
        citizen.office.bot.unhang.set()
    expect(citizen.messages).to_have_count(3, timeout=20_000)
    expect(citizen.page.locator("#typing")).to_be_hidden()


def test_no_address_carries_the_token(office: Office, new_page: NewPage) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    citizen = ChatPage(page, office).opens()
    citizen.asks()
    assert asked
    assert not [url for url in asked if citizen.token in url]
