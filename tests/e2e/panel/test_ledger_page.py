"""A manager sees that all balances, and what was lost when it does not."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.panel.people import Citizen, Office
from tests.e2e.panel.test_notices_page import logged_in
from tests.e2e.panel.test_panel_access import complaints

pytestmark = pytest.mark.e2e
PICTURES = Path(__file__).parents[3] / "var" / "pictures"


def lose_a_job(office: Office, citizen: Citizen) -> str:
    """The id of a message that no worker will ever see."""
    with closing(sqlite3.connect(office.database.partition(":///")[2], timeout=10)) as database:
        [[message_id]] = database.execute(
            "delete from inbox where conversation_id = ? returning message_id",
            [citizen.conversation_id],
        ).fetchall()
        database.commit()
    return str(message_id)


@pytest.mark.parametrize(
    "size", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}], ids=["desk", "phone"]
)
def test_the_ledger_balances_until_something_is_lost(
    office: Office, citizen: Citizen, quiet_page: Callable[..., Page], size: dict[str, int]
) -> None:
    citizen.says("dove parcheggio?")
    citizen.hears("parcheggio")
    page = logged_in(office, quiet_page(viewport=size), "mara")
    page.goto(f"{office.url}/panel")
    page.get_by_role("link", name="Quadratura").click()
    today = page.locator("details").first
    expect(today.get_by_role("rowheader", name="Chat del sito").first).to_be_visible()
    assert complaints(page) == []
    lost = lose_a_job(office, citizen)
    page.reload()
    expect(page.locator("#verdict")).to_contain_text("Non quadra")
    expect(page.get_by_text(lost)).to_be_visible()
    assert complaints(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"]
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"quadratura-{size['width']}.png", full_page=True)
