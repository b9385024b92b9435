"""A manager opens a notice; citizens read it first; its end is told to those who did."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.panel.people import PASSWORD, Citizen, Office
from tests.e2e.panel.test_panel_access import complaints

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]
PICTURES = Path(__file__).parents[3] / "var" / "pictures"


def logged_in(office: Office, page: Page, name: str) -> Page:
    page.goto(f"{office.url}/panel/login")
    page.get_by_label("E-mail").fill(f"{name}@example.it")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entra").click()
    page.wait_for_url("**/panel")
    page.goto(f"{office.url}/panel/avvisi")
    return page


@pytest.mark.parametrize(
    "size", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}], ids=["desk", "phone"]
)
def test_a_notice_from_its_opening_to_its_end(
    office: Office, quiet_page: NewPage, size: dict[str, int]
) -> None:
    page = logged_in(office, quiet_page(viewport=size), "mara")
    page.get_by_label("Che cosa devono sapere").fill("Oggi il parcheggio è chiuso per neve.")
    page.get_by_label("Fino a quando").fill("2036-12-31T20:00")
    page.get_by_label("Cerca un argomento").fill("parch")
    page.get_by_label("Parcheggio").check()
    assert complaints(page) == []
    page.get_by_role("button", name="Pubblica").click()
    expect(page.get_by_text("In corso, fino a")).to_be_visible()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"avvisi-{size['width']}.png", full_page=True)

    citizen = Citizen(office)
    citizen.says("dove parcheggio?")
    citizen.hears("Avviso: Oggi il parcheggio è chiuso per neve.")
    page.get_by_role("button", name="Chiudi l'avviso").click()
    page.get_by_label("Che cosa scrivere a chi").fill("Il parcheggio è di nuovo aperto.")
    page.get_by_role("dialog").get_by_role("button", name="Chiudi l'avviso").click()
    citizen.hears("Aggiornamento: Il parcheggio è di nuovo aperto.")
    expect(page.get_by_role("button", name="Chiudi l'avviso")).to_have_count(0)


def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    office: Office, new_page: NewPage
) -> None:
    page = logged_in(office, new_page(), "mara")
    page.get_by_label("Che cosa devono sapere").fill("Domani sciopero.")
    page.get_by_role("button", name="Pubblica").click()
    expect(page.get_by_role("alert")).to_contain_text("Scriva fino a quando vale")
    expect(page.get_by_label("Che cosa devono sapere")).to_have_value("Domani sciopero.")


def test_an_operator_reads_notices_and_cannot_write_them(
    office: Office, quiet_page: NewPage
) -> None:
    page = logged_in(office, quiet_page(), "carla")
    expect(page.get_by_role("heading", name="Avvisi in corso")).to_be_visible()
    expect(page.get_by_label("Che cosa devono sapere")).to_be_hidden()
