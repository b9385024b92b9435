"""Two chats of one citizen are joined in the browser, by a code and a press, and parted again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chat.citizen import ChatPage, Office

pytestmark = pytest.mark.e2e


def test_a_code_a_press_and_the_way_back(
    citizen: ChatPage, office: Office, quiet_page: Callable[..., Page]
) -> None:
    other = ChatPage(quiet_page(viewport={"width": 390, "height": 844}), office).opens()
    citizen.says("collega")
    given = citizen.messages.filter(has_text="una volta sola")
    expect(given).to_be_visible()
    square = given.get_by_role("img", name="Codice QR con le parole da scrivere")
    expect(square).to_have_js_property("complete", True)
    assert square.evaluate("image => image.naturalWidth > 0")  # the content policy lets it in
    code = re.search(r"collega (\w{4}-\w{4})", given.inner_text())
    assert code
    other.says(f"collega {code[1]}")
    other.page.get_by_role("button", name="Sì, collega").click()
    expect(other.messages.last).to_contain_text("Fatto: questa conversazione è collegata")
    citizen.page.get_by_role("button", name="Scollega").click()
    expect(citizen.messages.last).to_contain_text("non è più collegata ad altre")
    expect(other.messages.last).to_contain_text("non è più collegata all'altra")
