"""Trainers read, change and restore answers; nothing is overwritten and nothing gets lost."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from handoff.panel.training.access import NOT_YOURS
from handoff.training.difference import difference
from tests.handoff.desk import Desk
from tests.handoff.talk import Citizen
from tests.handoff.trainers import import_words, reads, trainer

NEW = "Il parcheggio è gratuito la domenica."


@pytest.fixture
async def teresa(app: FastAPI) -> Desk:
    await import_words(app)
    return await trainer(app)


async def parking(desk: Desk) -> dict[str, Any]:
    return await reads(desk, "answers/parcheggio")


async def change(desk: Desk, text: str, *, seen: int = 1, reason: str = "prova") -> Any:
    return await desk.does("training/answers/parcheggio", text=text, seen=seen, reason=reason)


@pytest.mark.parametrize("path", ["training/answers", "training/answers/parcheggio"])
@pytest.mark.parametrize("role", ["operator", "manager"])
async def test_others_are_told_in_a_sentence_that_it_is_not_theirs(
    app: FastAPI, role: str, path: str
) -> None:
    desk = await trainer(app, role, role)
    for answer in (await desk.looks(path), await desk.does("training/answers/parcheggio")):
        assert (answer.status_code, answer.json()["detail"]) == (403, NOT_YOURS)
    page = await desk.client.get("/panel/formazione")
    assert page.status_code == 403
    assert "cura le risposte" in page.text


async def test_strangers_are_sent_to_the_login(app: FastAPI) -> None:
    desk = Desk(app)
    assert (await desk.looks("training/answers")).status_code == 401
    assert (await desk.looks("training/answers/niente")).status_code == 401
    page = await desk.client.get("/panel/formazione")
    assert page.headers["location"] == "/panel/login?poi=formazione"


async def test_without_the_page_s_token_nothing_changes(teresa: Desk) -> None:
    teresa.csrf = "x"
    assert (await change(teresa, NEW)).status_code == 403
    assert (await parking(teresa))["number"] == 1


async def test_an_administrator_may_as_well(app: FastAPI) -> None:
    desk = await trainer(app, "ada", "administrator")
    assert (await desk.client.get("/panel/formazione")).status_code == 200


async def test_every_topic_stands_in_the_list_with_what_to_filter_by(teresa: Desk) -> None:
    found = (await reads(teresa, "answers"))["answers"]
    assert len(found) == 77
    by_key = {each["key"]: each for each in found}
    assert by_key["wifi_tv"]["sample"] is True
    assert by_key["wifi_tv"]["group"] == "servizi"
    assert by_key["wifi_tv"]["expired"] is False
    assert "avviso" not in by_key  # a sentence that is no topic


async def test_an_answer_is_shown_as_citizens_read_it(teresa: Desk) -> None:
    found = await reads(teresa, "answers/wifi_tv")
    assert found["preview"]["caveats"]  # it is sample data, and says so
    assert "Bar e altri servizi" in found["preview"]["buttons"]
    assert found["most"] == 60


async def test_a_changed_answer_has_its_author_its_reason_and_its_difference(
    teresa: Desk, citizen: Citizen
) -> None:
    answer = await change(teresa, NEW, reason="lo dice la delibera 12")
    assert answer.status_code == 200, answer.text
    newest, first = answer.json()["revisions"]
    assert (newest["author"], newest["reason"]) == ("teresa", "lo dice la delibera 12")
    assert (newest["text"], newest["number"]) == (NEW, 2)
    assert "".join(piece["text"] for piece in newest["difference"] if piece["kind"] != "removed")
    assert first["difference"] is None
    async with asyncio.timeout(5):
        while NEW not in (await citizen.hears("dove parcheggio?"))[-1].text:
            pass


async def test_the_second_of_two_keeps_the_text_and_learns_who_was_first(
    app: FastAPI, teresa: Desk
) -> None:
    ugo = await trainer(app, "ugo")
    assert (await change(ugo, "Il parcheggio è a pagamento.")).status_code == 200
    late = await change(teresa, NEW)
    assert late.status_code == 409
    assert "ugo ha cambiato questa risposta" in late.json()["detail"]
    assert late.json()["present"]["text"] == "Il parcheggio è a pagamento."
    assert (await change(teresa, NEW, seen=2)).status_code == 200


async def test_of_two_at_once_one_is_told(app: FastAPI, teresa: Desk) -> None:
    ugo = await trainer(app, "ugo")
    both = await asyncio.gather(change(teresa, NEW), change(ugo, "Un altro testo."))
    assert sorted(each.status_code for each in both) == [200, 409]
    assert (await parking(teresa))["number"] == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"text": "  "}, "scriva qualcosa"),
        ({"text": "parola " * 61}, "61 parole"),
        ({"text": "Chiami {nessuno}."}, "Nessuno riempie {nessuno}"),
        ({"reason": " "}, "scriva qualcosa"),
        ({"reason": "x" * 301}, "motivo"),
        ({"reason": None}, "motivo"),
        ({"seen": None}, "ricarichi la pagina"),
        ({"seen": "1"}, "ricarichi la pagina"),
        ({"text": 7}, "scriva che cosa devono leggere"),
    ],
)
async def test_what_cannot_be_said_is_refused_in_a_sentence(
    teresa: Desk, body: dict[str, Any], said: str
) -> None:
    whole = {"text": NEW, "reason": "prova", "seen": 1, **body}
    answer = await teresa.does("training/answers/parcheggio", **whole)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert (await parking(teresa))["number"] == 1


@pytest.mark.parametrize(
    "text", ["x: |\n  y\n---\nz", "# non un commento", "- «a» 'b' \"c\" {", "a\u2028b"]
)
async def test_text_that_looks_like_yaml_stays_text(teresa: Desk, text: str) -> None:
    answer = await change(teresa, text)
    assert answer.status_code == 200, answer.text
    assert answer.json()["text"] == text.replace("\u2028", "\n")


@pytest.mark.parametrize("key", ["niente", "avviso", "a%00b", "A", "x" * 70])
async def test_an_answer_that_does_not_exist_is_not_found(teresa: Desk, key: str) -> None:
    assert (await teresa.looks(f"training/answers/{key}")).status_code == 404
    body = {"text": NEW, "reason": "prova", "seen": 1}
    assert (await teresa.does(f"training/answers/{key}", **body)).status_code == 404


async def test_an_older_text_comes_back_as_a_new_revision(teresa: Desk) -> None:
    before = (await parking(teresa))["text"]
    await change(teresa, NEW)
    path = "training/answers/parcheggio/restore"
    answer = await teresa.does(path, number=1, seen=2, reason="era giusta")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["text"], found["number"], len(found["revisions"])) == (before, 3, 3)
    assert (await teresa.does(path, number=1, seen=2, reason="di nuovo")).status_code == 409
    assert (await teresa.does(path, number=9, seen=3, reason="mai")).status_code == 422


def test_a_difference_holds_both_texts() -> None:
    before, after = "Il bar apre alle 8.", "Il bar oggi apre alle 9."
    pieces = difference(before, after)
    assert "".join(each["text"] for each in pieces if each["kind"] != "added") == before
    assert "".join(each["text"] for each in pieces if each["kind"] != "removed") == after
    assert {"kind": "removed", "text": "8."} in pieces
