"""A trainer puts an answer right, decides about messages, publishes a version and goes back."""

import os
import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.panel.people import PASSWORD, Citizen, DeskPage, Office
from tests.e2e.panel.test_panel_access import complaints, is_within

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 256}
NUMBERS = count(1)


def enters(page: Page, office: Office, name: str, view: str = "") -> Page:
    page.set_default_timeout(15_000)
    page.goto(f"{office.url}/panel/formazione{view}")
    page.get_by_label("Indirizzo e-mail").fill(f"{name}@example.it")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entra").click()
    expect(page.locator("#view h1")).to_be_visible()
    return page


@pytest.fixture
def teresa(office: Office, quiet_page: NewPage) -> Page:
    return enters(quiet_page(viewport=WIDE), office, "teresa")


@pytest.fixture
def odd() -> str:
    """What the assistant does not understand, in this test only."""
    words = ("gamba", "spalla", "schiena", "testa", "mano", "pancia", "nuca")
    return f"ma il coso per la {words[next(NUMBERS) % len(words)]} a chi lo devo ridare domani"


def is_not_understood(citizen: Citizen, text: str) -> None:
    """Said, and answered: only then does it stand among what is to be looked at."""
    citizen.says(text)
    citizen.hears("capi")


def look(page: Page, name: str) -> None:
    """For people who want to see it: SHOTS=folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def goes_to(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Che cosa vuole fare").get_by_role(
        "link", name=name
    ).click()


def opens_answer(page: Page, title: str) -> None:
    goes_to(page, "Risposte")
    page.get_by_label("Cerca fra argomenti e testi").fill(title)
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_a_corrected_answer_is_what_citizens_read_and_comes_back(
    teresa: Page, citizen: Citizen
) -> None:
    opens_answer(teresa, "Parcheggio")
    before = teresa.get_by_label("Testo della risposta").input_value()
    teresa.get_by_label("Testo della risposta").fill("Il parcheggio è gratuito la domenica.")
    expect(teresa.locator("#counter")).to_have_text("6 parole su 60")
    expect(teresa.locator(".bubble")).to_contain_text("gratuito la domenica")
    teresa.get_by_role("button", name="Salva").click()
    expect(teresa.get_by_role("alert")).to_contain_text("motivo")
    teresa.get_by_label("Perché la cambia").fill("delibera 12")
    teresa.get_by_role("button", name="Salva").click()
    first = teresa.locator(".revision").first
    expect(first).to_contain_text("Teresa Puddu")
    expect(first).to_contain_text("delibera 12")
    expect(first.locator("ins").first).to_contain_text("aggiunto")
    look(teresa, "answer")
    assert complaints(teresa) == []
    citizen.says("dove parcheggio?")
    citizen.hears("gratuito la domenica")
    teresa.get_by_role("button", name="Rimetti la versione 1").click()
    teresa.get_by_role("button", name="Rimetti questa versione").click()
    expect(teresa.get_by_label("Testo della risposta")).to_have_value(before)


def test_the_second_of_two_editors_keeps_the_text(
    office: Office, teresa: Page, new_page: NewPage
) -> None:
    opens_answer(teresa, "Wi-Fi e TV")
    ugo = enters(new_page(viewport=WIDE), office, "ugo")
    opens_answer(ugo, "Wi-Fi e TV")
    for page, text in ((teresa, "Il Wi-Fi c'è."), (ugo, "Il Wi-Fi arriva presto.")):
        page.get_by_label("Testo della risposta").fill(text)
        page.get_by_label("Perché la cambia").fill("prova")
        page.get_by_role("button", name="Salva").click()
    expect(ugo.get_by_role("alert")).to_contain_text("Teresa Puddu ha cambiato questa risposta")
    expect(ugo.get_by_role("alert")).to_contain_text("Il Wi-Fi c'è.")
    expect(ugo.get_by_label("Testo della risposta")).to_have_value("Il Wi-Fi arriva presto.")
    assert complaints(ugo) == []
    ugo.get_by_role("button", name="Salva").click()
    expect(ugo.locator(".revision").first).to_contain_text("Ugo Sanna")


def proposes(page: Page, text: str) -> None:
    page.get_by_label("Testo della risposta").fill(text)
    page.get_by_label("Perché va cambiata").fill("nota dell'ASL")
    page.get_by_role("button", name="Proponi il testo").click()
    expect(page.locator("#proposal")).to_contain_text("La Sua proposta aspetta")
    expect(page.locator("#proposal")).to_contain_text(text)


def shows_answer(page: Page, key: str) -> None:
    page.goto(f"{page.url.partition('#')[0]}#risposte/{key}")
    expect(page.get_by_label("Perché va cambiata")).to_be_visible()


def test_an_answer_of_high_risk_is_live_when_another_has_published_it(
    office: Office, teresa: Page, new_page: NewPage
) -> None:
    shows_answer(teresa, "guardia_medica")
    before = teresa.get_by_label("Testo della risposta").input_value()
    proposes(teresa, "Visita solo a domicilio.")
    proposes(teresa, "Di notte visita chi non può aspettare.")
    look(teresa, "proposal-mine")
    assert complaints(teresa) == []
    ugo = enters(new_page(viewport=WIDE), office, "ugo")
    goes_to(ugo, "Risposte")
    ugo.get_by_role("button", name="Da pubblicare").click()
    ugo.locator(".topic", has_text="Guardia medica").click()
    expect(ugo.locator("#proposal")).to_contain_text("Teresa Puddu propone questo testo")
    expect(ugo.get_by_label("Testo della risposta")).to_have_value(before)
    look(ugo, "proposal-theirs")
    assert complaints(ugo) == []
    ugo.get_by_role("button", name="Pubblica: vale subito").click()
    ugo.get_by_role("button", name="Pubblica", exact=True).click()
    expect(ugo.locator(".revision").first).to_contain_text("Teresa Puddu, pubblicata da Ugo Sanna")
    expect(ugo.locator("#proposal section")).to_have_count(0)
    ugo.get_by_role("button", name="Rimetti la versione 1").click()
    ugo.get_by_role("button", name="Rimetti questa versione").click()
    expect(ugo.get_by_label("Testo della risposta")).to_have_value(before)


def test_who_proposed_reads_why_another_refused(
    office: Office, teresa: Page, new_page: NewPage
) -> None:
    shows_answer(teresa, "camera_mortuaria")
    proposes(teresa, "La camera mortuaria è aperta tutti i giorni.")
    ugo = enters(new_page(viewport=PHONE), office, "ugo")
    shows_answer(ugo, "camera_mortuaria")
    look(ugo, "proposal-phone")
    ugo.get_by_label("Se non va bene, perché").fill("la domenica è chiusa")
    ugo.get_by_role("button", name="Non pubblicare").click()
    expect(ugo.locator("#proposal")).to_contain_text("non è stata pubblicata")
    teresa.reload()
    expect(teresa.locator("#proposal")).to_contain_text("Ugo Sanna: «la domenica è chiusa»")
    look(teresa, "proposal-refused")
    assert complaints(teresa) == []


def test_answers_are_found_without_accents_and_filtered(teresa: Page) -> None:
    goes_to(teresa, "Risposte")
    expect(teresa.get_by_role("status").first).to_have_text("77 risposte")
    teresa.get_by_role("button", name="Di esempio").click()
    expect(teresa.locator(".topic").first).to_contain_text("di esempio")
    teresa.get_by_label("Cerca fra argomenti e testi").fill("nessuna cosa del genere")
    expect(teresa.get_by_role("status").first).to_contain_text("Nessuna risposta così")
    teresa.get_by_role("button", name="Tutte").click()
    teresa.get_by_label("Cerca fra argomenti e testi").fill("puo")
    assert teresa.locator(".topic").count() > 0
    look(teresa, "answers")
    assert complaints(teresa) == []


def test_an_odd_message_is_given_its_topic_by_keyboard_alone(
    office: Office, new_page: NewPage, citizen: Citizen, odd: str
) -> None:
    is_not_understood(citizen, f"{odd}, il mio numero è 347 1234567")
    page = enters(new_page(viewport=WIDE), office, "teresa")
    card = page.locator(".doubt").first
    expect(card).to_contain_text(f"{odd}, il mio numero è [telefono]")
    expect(card).to_contain_text("Non ha capito")
    assert complaints(page) == []
    look(page, "doubts")
    card.get_by_label("Argomento giusto").focus()
    page.keyboard.type("Oggetti")
    page.keyboard.press("Tab")
    expect(card.get_by_label("Frase da imparare")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(f"{odd} 347 1234567")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card.get_by_role("alert")).to_contain_text("dati personali")
    card.get_by_label("Frase da imparare").fill(odd)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("Aggiunta alle frasi di «Oggetti smarriti».")
    page.get_by_text("Già decisi").click()
    expect(page.locator("#decided")).to_contain_text(odd)
    assert complaints(page) == []
    page.get_by_role("button", name=f"Annulla la decisione: {odd}").click()
    expect(page.locator("#announcer")).to_contain_text("di nuovo da guardare")
    expect(card.get_by_label("Argomento giusto")).to_be_focused()


def test_two_trainers_do_not_decide_twice(
    office: Office, teresa: Page, new_page: NewPage, odd: str
) -> None:
    is_not_understood(Citizen(office), odd)
    ugo = enters(new_page(viewport=WIDE), office, "ugo")
    expect(ugo.locator(".doubt").first).to_contain_text(odd)
    teresa.reload()
    expect(teresa.locator(".doubt").first).to_contain_text(odd)
    teresa.locator(".doubt").first.get_by_role("button", name="Ignora").click()
    expect(teresa.locator("#announcer")).to_have_text("Messaggio ignorato.")
    ugo.locator(".doubt").first.get_by_role("button", name="Ignora").click()
    expect(ugo.locator("#announcer")).to_contain_text("Teresa Puddu ha già deciso")
    expect(ugo.locator(".doubt", has_text=odd)).to_have_count(0)


def test_a_version_is_compared_published_and_taken_back(teresa: Page) -> None:
    goes_to(teresa, "Addestra e pubblica")
    serving = teresa.get_by_role("region", name="Versione in servizio")
    expect(serving).to_contain_text("Versione 1")
    candidate = teresa.locator(".version", has_text="Versione 2").first
    expect(candidate.get_by_role("row", name="Giuste")).to_contain_text("meglio: 2,0%")
    expect(candidate).to_contain_text("Che cosa peggiora: Parcheggio (1)")
    expect(candidate).to_contain_text("Che cosa migliora: Wi-Fi e TV (1)")
    look(teresa, "versions")
    assert complaints(teresa) == []
    candidate.get_by_role("button", name="Pubblica la versione 2").click()
    dialog = teresa.get_by_role("dialog")
    expect(dialog).to_contain_text("fa peggio")
    assert complaints(teresa) == []
    dialog.get_by_role("button", name="Pubblica").click()
    expect(serving).to_contain_text("Versione 2")
    serving.get_by_role("button", name="Torna alla versione precedente").click()
    expect(serving).to_contain_text("Versione 1")
    assert complaints(teresa) == []


def test_only_trainers_are_led_to_the_desk(office: Office, carla: DeskPage, teresa: Page) -> None:
    expect(carla.page.get_by_role("link", name="Formazione")).to_be_hidden()
    teresa.get_by_role("link", name="Pannello").click()
    teresa.get_by_role("link", name="Formazione").click()
    teresa.wait_for_url(re.compile("/panel/formazione$"))


def test_an_operator_reads_why_the_desk_is_not_theirs(office: Office, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{office.url}/panel/formazione")
    page.get_by_label("Indirizzo e-mail").fill("dario@example.it")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entra").click()
    expect(page.get_by_text("per chi cura le risposte")).to_be_visible()
    assert complaints(page) == []


@pytest.mark.parametrize("size", [PHONE, NARROW])
def test_nothing_is_cut_off_on_narrow_screens(
    office: Office, teresa: Page, size: dict[str, int], odd: str
) -> None:
    """320 × 256 is 1280 × 1024 at 400 % (WCAG 1.4.10)."""
    is_not_understood(Citizen(office), odd)
    teresa.set_viewport_size(size)  # type: ignore[arg-type]
    for view in ("#da-guardare", "#risposte", "#risposte/parcheggio", "#versioni"):
        teresa.goto(f"{office.url}/panel/formazione{view}")
        teresa.reload()
        expect(teresa.locator("#view h1")).to_be_visible()
        assert is_within(teresa), view
        look(teresa, f"{size['width']}-{view.strip('#').replace('/', '-')}")
        assert complaints(teresa) == [], view
