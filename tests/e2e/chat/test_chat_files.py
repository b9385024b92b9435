"""A citizen sends a file and saves those that come."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chat.citizen import ChatPage, Office
from tests.handoff.files import ZIP, png

pytestmark = pytest.mark.e2e


def test_a_file_is_sent_and_answered(citizen: ChatPage) -> None:
    citizen.page.locator("#file").set_input_files(
        {"name": "foto è.png", "mimeType": "image/png", "buffer": png()}
    )
    expect(citizen.page.locator(".message.citizen").last).to_contain_text("foto è.png")
    expect(citizen.page.locator(".message.system").last).to_contain_text("Ho ricevuto")


def test_why_a_file_is_refused_is_read_at_once(
    office: Office, new_page: Callable[..., Page]
) -> None:
    citizen = ChatPage(new_page(), office).opens()  # its console tells of the refusal
    citizen.page.locator("#file").set_input_files(
        {"name": "lettera.docx", "mimeType": "application/zip", "buffer": ZIP}
    )
    expect(citizen.page.locator("#problem")).to_contain_text("PDF")
    expect(citizen.page.locator(".message.citizen")).to_have_count(0)
