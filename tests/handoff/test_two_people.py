"""An answer of high risk takes two people: what one proposes, another publishes or refuses."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from handoff.knowledge import revisions
from handoff.panel.training.access import NOT_YOURS
from tests.fake_bot import FakeBot, by_the_contract
from tests.handoff.desk import Desk
from tests.handoff.talk import Citizen
from tests.handoff.trainers import import_words, reads, trainer

KEY = "guardia_medica"
PATH = f"training/answers/{KEY}"
NEW = "La guardia medica risponde di notte e nei festivi al 116117."


@pytest.fixture
async def teresa(app: FastAPI) -> Desk:
    await import_words(app)
    return await trainer(app)


@pytest.fixture
async def ugo(app: FastAPI, teresa: Desk) -> Desk:
    return await trainer(app, "ugo", "administrator")


async def answer(desk: Desk) -> dict[str, Any]:
    return await reads(desk, f"answers/{KEY}")


async def proposes(desk: Desk, text: str = NEW, *, seen: int = 1) -> dict[str, Any]:
    told = await desk.does(PATH, text=text, seen=seen, reason="lo dice la delibera 12")
    assert told.status_code == 200, told.text
    found: dict[str, Any] = told.json()
    return found


async def decides(desk: Desk, how: str, proposal: int, **more: Any) -> Any:
    return await desk.does(f"{PATH}/{how}", proposal=proposal, **more)


async def test_a_proposal_is_not_said_until_another_person_publishes_it(
    teresa: Desk, ugo: Desk, citizen: Citizen, fake_bot: FakeBot
) -> None:
    fake_bot.replies = by_the_contract(KEY)["replies"]
    before = (await answer(teresa))["text"]
    proposed = await proposes(teresa)
    assert (proposed["text"], proposed["number"], proposed["takes_two"]) == (before, 1, True)
    waiting = (await answer(ugo))["proposal"]
    assert (waiting["author"], waiting["mine"], waiting["text"]) == ("teresa", False, NEW)
    assert NEW not in (await citizen.hears("chi visita di notte?"))[-1].text
    published = await decides(ugo, "publish", waiting["number"])
    assert published.status_code == 200, published.text
    newest = published.json()["revisions"][0]
    assert (newest["author"], newest["approved_by"]) == ("teresa", "ugo")
    assert (newest["text"], newest["reason"]) == (NEW, "lo dice la delibera 12")
    assert published.json()["proposal"] is None
    async with asyncio.timeout(5):
        while NEW not in (await citizen.hears("chi visita di notte?"))[-1].text:
            pass


async def test_nobody_publishes_what_they_wrote_themselves(teresa: Desk) -> None:
    waiting = (await proposes(teresa))["proposal"]
    assert waiting["mine"]
    alone = await decides(teresa, "publish", waiting["number"])
    assert alone.status_code == 409
    assert "serve un'altra persona" in alone.json()["detail"]
    assert (await answer(teresa))["number"] == 1


async def test_who_refuses_says_why_and_the_author_reads_it(teresa: Desk, ugo: Desk) -> None:
    number = (await proposes(teresa))["proposal"]["number"]
    assert (await decides(ugo, "drop", number, reason="manca il numero")).status_code == 200
    refused = (await answer(teresa))["proposal"]
    assert (refused["refused_by"], refused["answer"]) == ("ugo", "manca il numero")
    assert (await decides(ugo, "publish", number)).status_code == 409
    again = (await proposes(teresa))["proposal"]
    assert (again["refused_by"], again["number"] > number) == (None, True)


async def test_the_author_may_withdraw_or_better_it(teresa: Desk, ugo: Desk) -> None:
    first = (await proposes(teresa))["proposal"]["number"]
    second = (await proposes(teresa, "La guardia medica risponde anche nei prefestivi."))[
        "proposal"
    ]
    assert second["text"] == "La guardia medica risponde anche nei prefestivi."
    assert (await decides(teresa, "drop", second["number"])).status_code == 200
    assert (await answer(ugo))["proposal"] is None
    assert (await decides(ugo, "publish", first)).status_code == 409


async def test_what_was_bettered_meanwhile_is_not_published_unread(
    teresa: Desk, ugo: Desk
) -> None:
    read = (await proposes(teresa))["proposal"]["number"]
    await proposes(teresa, "Un testo che ugo non ha letto.")
    late = await decides(ugo, "publish", read)
    assert late.status_code == 409
    assert late.json()["present"]["proposal"]["text"] == "Un testo che ugo non ha letto."
    assert (await answer(ugo))["number"] == 1


async def test_a_second_proposal_waits_for_the_first(teresa: Desk, ugo: Desk) -> None:
    await proposes(teresa)
    other = await ugo.does(PATH, text="Un altro testo.", seen=1, reason="prova")
    assert other.status_code == 409
    assert "proposta di teresa" in other.json()["detail"]
    assert other.json()["present"]["proposal"]["text"] == NEW


async def test_of_two_proposals_of_one_moment_one_waits(teresa: Desk, ugo: Desk) -> None:
    both = await asyncio.gather(
        *(desk.does(PATH, text=NEW, seen=1, reason="prova") for desk in (teresa, ugo))
    )
    assert sorted(told.status_code for told in both) == [200, 409]
    [lost] = [told.json()["detail"] for told in both if told.status_code == 409]
    assert "C'è già una proposta" in lost


async def test_going_back_takes_one_person_and_overtakes_what_waits(
    teresa: Desk, ugo: Desk
) -> None:
    await decides(ugo, "publish", (await proposes(teresa))["proposal"]["number"])
    waiting = (await proposes(ugo, "Un testo nuovo.", seen=2))["proposal"]["number"]
    back = await teresa.does(f"{PATH}/restore", number=1, seen=2, reason="era giusta")
    assert (back.status_code, back.json()["number"]) == (200, 3)
    assert back.json()["proposal"]["overtaken"]
    late = await decides(teresa, "publish", waiting)
    assert late.status_code == 409
    assert "Dopo questa proposta" in late.json()["detail"]
    assert (await answer(teresa))["number"] == 3


async def test_nobody_brings_back_their_own_words_alone(teresa: Desk, ugo: Desk) -> None:
    await decides(ugo, "publish", (await proposes(teresa))["proposal"]["number"])
    await ugo.does(f"{PATH}/restore", number=1, seen=2, reason="era giusta")
    again = await teresa.does(f"{PATH}/restore", number=2, seen=3, reason="era giusta la mia")
    assert again.status_code == 200, again.text
    assert (again.json()["number"], again.json()["proposal"]["text"]) == (3, NEW)
    back = await ugo.does(f"{PATH}/restore", number=2, seen=3, reason="aveva ragione")
    assert back.json()["number"] == 4


async def test_going_back_does_not_lower_the_risk(app: FastAPI, teresa: Desk) -> None:
    """What another page of the files raised meanwhile stays raised."""
    async with app.state.database.begin() as session:
        first = revisions.block_of((await revisions.history(session, "parcheggio"))[-1])
        riskier = replace(first, text=first.text.replace("risk: L", "risk: H"))
        how = {"number": 2, "origin": "file", "author": "sportello", "reason": "rischio"}
        revisions.add(session, riskier, **how)
    body = {"number": 1, "seen": 2, "reason": "prova"}
    told = (await teresa.does("training/answers/parcheggio/restore", **body)).json()
    assert (told["number"], told["takes_two"], told["proposal"]["mine"]) == (2, True, True)


async def test_who_read_an_older_text_is_told_so_though_a_proposal_waits(
    teresa: Desk, ugo: Desk
) -> None:
    await decides(ugo, "publish", (await proposes(teresa))["proposal"]["number"])
    await proposes(ugo, "Un testo nuovo.", seen=2)
    late = await teresa.does(PATH, text="Un altro.", seen=1, reason="prova")
    assert late.status_code == 409
    assert "ha cambiato questa risposta" in late.json()["detail"]


async def test_the_list_shows_for_which_answers_a_proposal_waits(teresa: Desk) -> None:
    await proposes(teresa)
    found = (await reads(teresa, "answers"))["answers"]
    assert [each["key"] for each in found if each["proposed"]] == [KEY]


async def test_an_answer_without_high_risk_is_live_at_once(teresa: Desk) -> None:
    body = {"text": "La domenica è gratuito.", "seen": 1, "reason": "prova"}
    told = (await teresa.does("training/answers/parcheggio", **body)).json()
    assert (told["number"], told["takes_two"], told["proposal"]) == (2, False, None)


@pytest.mark.parametrize("how", ["publish", "drop"])
@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"proposal": "1"}, 422), ({"proposal": 2**63}, 422), ({"proposal": 7}, 409)],
)
async def test_a_decision_on_nothing_is_refused(
    teresa: Desk, how: str, body: dict[str, Any], status: int
) -> None:
    told = await teresa.does(f"{PATH}/{how}", **body)
    assert told.status_code == status, told.text


@pytest.mark.parametrize("how", ["publish", "drop"])
async def test_only_trainers_decide(app: FastAPI, teresa: Desk, how: str) -> None:
    number = (await proposes(teresa))["proposal"]["number"]
    told = await decides(await trainer(app, "olga", "operator"), how, number)
    assert (told.status_code, told.json()["detail"]) == (403, NOT_YOURS)
    assert (await answer(teresa))["proposal"]["refused_by"] is None
