"""How the channels are, and whether files are looked at for viruses."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.panel.people import Office
from tests.e2e.panel.test_notices_page import logged_in
from tests.e2e.panel.test_panel_access import complaints

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    "size", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}], ids=["desk", "phone"]
)
def test_the_page_of_channels_says_that_there_is_no_scanner(
    office: Office, quiet_page: Callable[..., Page], size: dict[str, int]
) -> None:
    page = logged_in(office, quiet_page(viewport=size), "carla")
    page.goto(f"{office.url}/panel/canali")
    expect(page.get_by_text("Antivirus: non configurato")).to_be_visible()
    expect(page.get_by_role("heading", name="Chat del sito")).to_be_visible()
    assert complaints(page) == []
