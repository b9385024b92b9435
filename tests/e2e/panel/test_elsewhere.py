"""Operators see a citizen's other channels, read them, and answer there when this one is shut."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from handoff.db import Database
from handoff.tables import Conversation
from tests.e2e.panel.people import Citizen, DeskPage, Office
from tests.e2e.panel.test_panel_access import complaints
from tests.handoff.files import PDF

pytestmark = pytest.mark.e2e


def join(giver: Citizen, taker: Citizen) -> None:
    giver.says("collega")
    code = re.search(r"collega (\w{4}-\w{4})", giver.hears("15 minuti e una volta sola"))
    assert code
    taker.says(f"collega {code[1]}")
    taker.hears("Vuole collegare")
    taker.says("sì")
    taker.hears("è collegata all'altra")


async def _block(citizen: Citizen) -> None:
    database = Database(citizen.office.database)
    async with database.begin() as session:
        await session.execute(
            update(Conversation)
            .where(Conversation.id == citizen.conversation_id)
            .values(unreachable=True)
        )
    await database.close()


def block(citizen: Citizen) -> None:
    """As a channel tells when its citizen shut us out."""
    with ThreadPoolExecutor() as thread:  # a browser's event loop may run in this one
        thread.submit(asyncio.run, _block(citizen)).result()


@pytest.fixture
def at_home(office: Office, citizen: Citizen, words: str) -> Citizen:
    """The same person in another chat, with nothing open there."""
    at_home = Citizen(office)
    at_home.says("dove posso parcheggiare?")
    join(at_home, citizen)
    citizen.asks_for_a_person(words)
    return at_home


def test_the_other_channel_is_named_and_what_was_said_there_is_read(
    carla: DeskPage, at_home: Citizen, words: str
) -> None:
    carla.opens(words)
    aside = carla.page.locator("#details")
    expect(aside).to_contain_text("Stessa persona anche su")
    carla.page.get_by_role("button", name="Leggi la conversazione su Chat del sito").press("Enter")
    there = carla.page.get_by_role("dialog", name="Conversazione su Chat del sito")
    expect(there).to_contain_text("dove posso parcheggiare?")
    assert complaints(carla.page) == []
    there.press("Escape")
    expect(there).to_be_hidden()


def test_an_answer_goes_there_when_this_channel_is_shut(
    carla: DeskPage, citizen: Citizen, at_home: Citizen, words: str
) -> None:
    carla.opens(words).takes()
    there = carla.page.get_by_role("button", name="Rispondi su Chat del sito")
    expect(there).to_be_hidden()
    block(citizen)
    carla.page.reload()
    there.focus()
    there.press("Enter")
    expect(carla.page.locator("#composer-problem")).to_contain_text("Scriva prima la risposta")
    carla.text.fill("Il referto è pronto, le scrivo qui.")
    carla.page.locator("#file").set_input_files(
        {"name": "referto.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(carla.page.locator("#files")).to_contain_text("referto.pdf")
    assert complaints(carla.page) == []
    there.press("Enter")
    at_home.hears("Il referto è pronto, le scrivo qui.")
    expect(carla.log).to_contain_text("Carla Deidda ha risposto su Chat del sito")
    expect(carla.text).to_have_value("")
    expect(carla.page.locator("#files")).to_be_hidden()
    aside = carla.page.locator("#details")
    expect(aside.locator(".history li").last).to_have_text(
        re.compile("Risposta inviata su un altro canale.*Chat del sito")
    )
    aside.get_by_role("link").first.press("Enter")
    expect(carla.log).to_contain_text("Il referto è pronto, le scrivo qui.")
    expect(carla.log.get_by_role("link", name="referto.pdf")).to_be_visible()
    at_home.says("grazie!")
    expect(carla.log.locator(".said-citizen").last).to_contain_text("grazie!")
