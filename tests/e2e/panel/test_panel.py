"""Operators see what waits, take it, answer, note and close, without a reload."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.panel.people import PASSWORD, Citizen, DeskPage, Office

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]
HOSTILE = "<img src=x onerror=alert(1)> persona <script>alert(2)</script> nasco\u200bsto"


def test_a_wrong_password_is_refused_and_the_focus_goes_to_it(
    office: Office, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(f"{office.url}/panel")
    page.get_by_label("Indirizzo e-mail").fill("nessuno@example.it")
    page.get_by_label("Password", exact=True).fill("sbagliata")
    page.get_by_role("button", name="Entra").click()
    expect(page.get_by_role("alert")).to_have_text("Indirizzo e-mail o password non corretti.")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    expect(page.get_by_label("Password", exact=True)).to_have_value("")


def test_a_request_appears_by_itself_and_is_said_politely(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    expect(carla.card(words)).to_be_visible()
    expect(carla.card(words)).to_contain_text("In tempo")
    expect(carla.card(words)).to_contain_text("Chat del sito")
    expect(carla.page.locator("#announcer")).to_contain_text("Nuova richiesta da prendere: URP-")


def test_from_taking_to_the_score(carla: DeskPage, citizen: Citizen, words: str) -> None:
    citizen.asks_for_a_person(words)
    carla.opens(words).takes()
    carla.answers("Buongiorno, eccomi.")
    citizen.hears("Buongiorno, eccomi.")
    citizen.says("grazie mille")
    expect(carla.log.locator(".said-citizen").last).to_contain_text("grazie mille")
    carla.closes()
    citizen.hears("voto da 1")
    carla.shows("Chiuse")
    expect(carla.card("grazie mille")).to_contain_text("Chiusa")
    carla.opens("grazie mille")
    head = carla.page.locator("#open-head")
    expect(head.get_by_text("Chiusa", exact=True)).to_have_count(1)
    expect(head).to_contain_text("seguita da Lei")


def test_a_note_stays_among_colleagues_and_looks_like_one(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    carla.opens(words)
    carla.page.get_by_role("tab", name="Nota interna").click()
    expect(carla.page.get_by_label("Nota interna: la leggono solo i colleghi")).to_be_focused()
    carla.text.fill("ha già telefonato")
    carla.page.get_by_role("button", name="Salva nota").click()
    note = carla.log.locator(".said-note")
    expect(note).to_contain_text("ha già telefonato")
    expect(note).to_contain_text("la leggono solo i colleghi")
    expect(carla.text).to_have_value("")


def test_a_message_that_came_late_says_when_it_was_written(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    def written_before(route: Route) -> None:
        ticket = route.fetch().json()
        for message in ticket["messages"]:
            message["late"] = "2026-03-09T08:05:00+00:00" if message["text"] == words else None
        route.fulfill(json=ticket)

    carla.page.route(re.compile(r"/tickets/[^/?]+$"), written_before)
    citizen.asks_for_a_person(words)
    carla.opens(words)
    told = carla.log.get_by_text(re.compile("scritto il 9 mar.*, arrivato più tardi"))
    expect(told).to_have_count(1)


def test_a_reply_waits_until_the_request_is_taken(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    carla.opens(words)
    expect(carla.text).to_be_hidden()
    expect(carla.page.locator("#composer-closed")).to_contain_text("prenda in carico")


def test_an_emergency_cannot_be_overlooked(carla: DeskPage, citizen: Citizen) -> None:
    citizen.says("mi fa male il petto e non respiro")
    alarm = carla.page.get_by_role("region", name="Emergenze da prendere in carico")
    expect(alarm).to_contain_text("emergenza da prendere")
    expect(carla.page).to_have_title(re.compile(r"^⚠ 1 emergenza · \(\d+\) Sportello$"))
    expect(carla.queue.locator("li").first).to_contain_text("Emergenza")
    expect(carla.page.locator("#announcer")).to_contain_text("Emergenza da prendere subito")
    alarm.get_by_role("button", name="Apri subito").click()
    carla.takes()
    expect(alarm).to_be_hidden()


def test_the_loser_of_two_learns_kindly_who_has_it(
    carla: DeskPage, dario: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    carla.opens(words)
    dario.opens(words)
    with dario.looking_away():
        carla.takes()
        dario.button("Prendi in carico").click()
        conflict = dario.page.locator("#conflict")
        expect(conflict).to_contain_text("ci pensa Carla Deidda")
    expect(dario.page.locator("#open-head")).to_contain_text("in carico a Carla Deidda")
    expect(dario.page.locator("#composer-closed")).to_contain_text("Risponde Carla Deidda")
    conflict.get_by_role("button", name="Ho capito").click()
    expect(conflict).to_be_empty()


def test_a_reply_that_crosses_a_new_message_is_asked_about(
    dario: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    dario.opens(words).takes()
    dialog = dario.page.get_by_role("dialog", name="Inviare lo stesso?")
    with dario.looking_away():
        citizen.says("anzi no, ho risolto da me")
        dario.text.fill("La richiamo alle 15")
        dario.text.press("Control+Enter")
        expect(dialog).to_contain_text("il cittadino ha aggiunto un messaggio")
        expect(dario.log).to_contain_text("anzi no, ho risolto da me")
        dialog.get_by_role("button", name="Annulla").click()
        expect(dario.text).to_have_value("La richiamo alle 15")
        expect(dario.log.locator(".said-operator")).to_have_count(0)
    dario.answers("La richiamo alle 15")
    citizen.hears("La richiamo alle 15")
    with dario.looking_away():
        citizen.says("alle 16, per favore")
        dario.text.fill("Va bene")
        dario.text.press("Control+Enter")
        dialog.get_by_role("button", name="Invia lo stesso").click()
        expect(dario.text).to_have_value("")
    citizen.hears("Va bene")


def test_a_draft_outlives_another_request_and_a_reload(
    carla: DeskPage, office: Office, words: str
) -> None:
    Citizen(office).asks_for_a_person(words)
    Citizen(office).asks_for_a_person("una persona per altro")
    carla.opens(words).takes()
    carla.text.fill("Sto scrivendo")
    carla.shows("Da prendere")
    carla.queue.get_by_role("link").filter(has_text="per altro").first.click()
    carla.shows("Mie")
    carla.opens(words)
    expect(carla.text).to_have_value("Sto scrivendo")
    carla.page.reload()
    expect(carla.text).to_have_value("Sto scrivendo")


def test_a_lost_reply_is_kept_and_sent_again(
    office: Office, new_page: NewPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    desk = DeskPage(new_page(viewport={"width": 1440, "height": 900}), office).enters("carla")
    desk.opens(words).takes()
    desk.page.route("**/reply", lambda route: route.abort())
    desk.text.fill("Buongiorno")
    desk.text.press("Control+Enter")
    expect(desk.page.locator("#composer-problem")).to_contain_text("Il testo è conservato.")
    expect(desk.text).to_have_value("Buongiorno")
    desk.page.unroute("**/reply")
    desk.answers("Buongiorno")
    citizen.hears("Buongiorno")


def test_a_reply_whose_receipt_got_lost_is_not_said_twice(
    office: Office, new_page: NewPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    desk = DeskPage(new_page(viewport={"width": 1440, "height": 900}), office).enters("carla")
    desk.opens(words).takes()
    desk.page.route("**/reply", arrive_without_receipt)
    desk.text.fill("Una volta sola")
    desk.text.press("Control+Enter")
    expect(desk.page.locator("#composer-problem")).to_contain_text("non parte due volte")
    expect(desk.log.locator(".said-operator")).to_have_count(1)
    desk.page.unroute("**/reply")
    desk.text.press("Control+Enter")
    expect(desk.text).to_have_value("")
    expect(desk.log.locator(".said-operator")).to_have_count(1)


def arrive_without_receipt(route: Route) -> None:
    route.fetch()
    route.abort()


def test_a_lost_connection_is_said_and_mended(
    office: Office, new_page: NewPage, words: str
) -> None:
    desk = DeskPage(new_page(viewport={"width": 1440, "height": 900}), office).enters("carla")
    desk.page.context.set_offline(True)
    expect(desk.live).to_have_text("Connessione persa, riprovo")
    Citizen(office).asks_for_a_person(words)
    desk.page.context.set_offline(False)
    desk.is_live()
    expect(desk.card(words)).to_be_visible()


def test_hostile_text_is_only_text(carla: DeskPage, citizen: Citizen) -> None:
    dialogs: list[str] = []
    carla.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    citizen.asks_for_a_person(HOSTILE)
    carla.opens("onerror=alert(1)")
    said = carla.log.locator(".said-citizen .said-words").last
    expect(said).to_contain_text("<img src=x onerror=alert(1)> persona <script>alert(2)</script>")
    expect(said.locator(".hidden-sign")).to_have_text(["U+200B"])
    assert said.locator("img, script").count() == 0
    assert dialogs == []


def test_logging_out_drops_the_drafts(carla: DeskPage, citizen: Citizen, words: str) -> None:
    citizen.asks_for_a_person(words)
    carla.opens(words)
    carla.page.keyboard.press("n")
    carla.text.fill("da non lasciare qui")
    carla.page.get_by_role("button", name="Esci").click()
    carla.page.wait_for_url("**/panel/login?perche=uscita")
    assert carla.page.evaluate("sessionStorage.length") == 0
    carla.page.goto(f"{carla.office.url}/panel")
    carla.page.wait_for_url("**/panel/login")


def test_who_is_logged_in_passes_the_login(carla: DeskPage) -> None:
    carla.page.goto(f"{carla.office.url}/panel/login")
    carla.page.wait_for_url("**/panel")
    carla.is_live()
    assert PASSWORD not in carla.page.content()
