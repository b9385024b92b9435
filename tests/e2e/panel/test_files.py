"""Files at the panel: what citizens sent can be saved, what an operator attaches goes along."""

from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.panel.people import Citizen, DeskPage
from tests.handoff.files import PDF, png

pytestmark = pytest.mark.e2e


def sends(citizen: Citizen, content: bytes, name: str) -> None:
    answer = httpx.post(
        f"{citizen.office.url}/api/webchat/attachments",
        content=content,
        headers={
            "Authorization": f"Bearer {citizen.token}",
            "X-Client-Message-Id": str(uuid4()),
            "X-File-Name": name,
        },
    )
    answer.raise_for_status()


def test_a_citizens_file_is_saved_from_the_conversation(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    sends(citizen, png(), "foto.png")
    carla.opens(words)
    link = carla.log.get_by_role("link", name="foto.png")
    with carla.page.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename == "foto.png"
    assert Path(saved.value.path()).read_bytes() == png()


def test_an_attached_file_goes_with_the_reply(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    carla.opens(words).takes()
    carla.page.locator("#file").set_input_files(
        {"name": "modulo è.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(carla.page.locator("#files")).to_contain_text("modulo è.pdf")
    carla.answers("Ecco il modulo.")
    expect(carla.log.get_by_role("link", name="modulo è.pdf")).to_be_visible()
    expect(carla.page.locator("#files")).to_be_hidden()
    citizen.hears("Ecco il modulo.")


def test_a_file_can_be_taken_away_again_and_a_note_takes_none(
    carla: DeskPage, citizen: Citizen, words: str
) -> None:
    citizen.asks_for_a_person(words)
    carla.opens(words).takes()
    carla.page.locator("#file").set_input_files(
        {"name": "modulo.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(carla.page.locator("#files")).to_contain_text("modulo.pdf")
    carla.page.get_by_role("tab", name="Nota interna").click()
    expect(carla.page.locator("#files")).to_be_hidden()
    expect(carla.page.locator("#attach")).to_be_hidden()
    carla.page.get_by_role("tab", name="Risposta").click()
    carla.page.get_by_role("button", name="Togli modulo.pdf").click()
    expect(carla.page.locator("#files")).to_be_hidden()
