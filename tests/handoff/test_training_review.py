"""Messages that were not understood come to a trainer, who decides about each of them once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from handoff.settings import ROOT
from handoff.tables import Message, PhraseReview, Ticket
from handoff.training import phrases
from tests.fake_bot import FakeBot
from tests.handoff.desk import Desk
from tests.handoff.talk import Citizen
from tests.handoff.trainers import reads, trainer

ODD = "ma il coso per la gamba dove lo ridanno"


@pytest.fixture
async def teresa(app: FastAPI) -> Desk:
    return await trainer(app)


async def doubts(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await reads(desk, "review"))["doubts"]
    return found


async def decide(desk: Desk, doubt: dict[str, Any], **body: Any) -> Any:
    whole = {"decision": "added", "topic": "parcheggio", "text": ODD, **body}
    return await desk.does(f"training/review/{doubt['id']}", **whole)


async def test_what_was_declined_or_offered_comes_to_the_trainer_newest_first(
    teresa: Desk, citizen: Citizen
) -> None:
    await citizen.hears(ODD)
    await citizen.hears("dove parcheggio?")
    await citizen.hears("forse la macchina")
    await citizen.hears(payload="parcheggio")
    offered, declined = await doubts(teresa)
    assert (offered["text"], offered["why"]) == ("forse la macchina", "offered")
    assert (declined["text"], declined["why"]) == (ODD, "declined")
    assert declined["guesses"][0]["topic"] == "non_capito"
    assert declined["guesses"][0]["confidence"] == 0.9
    assert declined["said"]


async def test_the_three_likeliest_topics_are_shown_with_their_confidence(
    teresa: Desk, citizen: Citizen, fake_bot: FakeBot
) -> None:
    topics = ("parcheggio", "wifi_tv", "come_arrivare", "reclamo")
    fake_bot.ranking = [{"name": name, "confidence": 0.4} for name in topics]
    await citizen.hears(ODD)
    [doubt] = await doubts(teresa)
    titles = [guess["title"] for guess in doubt["guesses"]]
    assert titles == ["Parcheggio", "Wi-Fi e TV", "Come arrivare"]
    assert doubt["guesses"][0]["confidence"] == 0.4


async def test_an_answer_after_which_a_person_was_asked_for_comes_too(
    teresa: Desk, citizen: Citizen
) -> None:
    await citizen.hears("dove parcheggio?")
    await citizen.hears("voglio una persona")
    [doubt] = await doubts(teresa)
    assert (doubt["text"], doubt["why"]) == ("dove parcheggio?", "asked_for_person")


async def test_an_answer_that_did_not_help_comes_too(
    app: FastAPI, teresa: Desk, citizen: Citizen
) -> None:
    await citizen.hears("dove parcheggio?")
    await citizen.hears(payload="parla_con_operatore")
    async with app.state.database.begin() as session:
        await session.execute(update(Ticket).values(reason="non_risolto"))
    [doubt] = await doubts(teresa)
    assert (doubt["text"], doubt["why"]) == ("dove parcheggio?", "not_solved")


async def test_an_uncertain_message_that_went_to_a_person_comes_too(
    app: FastAPI, teresa: Desk, citizen: Citizen
) -> None:
    await citizen.hears("voglio una persona")
    assert await doubts(teresa) == []  # asking for a person is understood
    async with app.state.database.begin() as session:
        await session.execute(
            update(Message).where(Message.author == "bot").values(topic="ancora_incerto")
        )
    [doubt] = await doubts(teresa)
    assert doubt["why"] == "handed_over"


async def test_trainers_do_not_read_who_wrote(teresa: Desk, citizen: Citizen) -> None:
    await citizen.hears("sono RSSMRA85T10A562S, mi chiami al 347 1234567 o a a@b.example.it")
    [doubt] = await doubts(teresa)
    assert doubt["text"] == "sono [codice fiscale], mi chiami al [telefono] o a [e-mail]"


async def test_an_added_phrase_is_kept_as_the_trainer_left_it(
    teresa: Desk, citizen: Citizen
) -> None:
    await citizen.hears("sono Anna, " + ODD)
    [doubt] = await doubts(teresa)
    answer = await decide(teresa, doubt, text=f"  {ODD}\n\tgrazie ")
    assert answer.status_code == 200, answer.text
    assert answer.json()["text"] == f"{ODD} grazie"
    assert await doubts(teresa) == []
    [decided] = (await reads(teresa, "review"))["decided"]
    assert (decided["author"], decided["title"]) == ("teresa", "Parcheggio")


async def test_an_ignored_message_does_not_come_back(teresa: Desk, citizen: Citizen) -> None:
    await citizen.hears(ODD)
    [doubt] = await doubts(teresa)
    answer = await teresa.does(f"training/review/{doubt['id']}", decision="ignored")
    assert answer.json()["decision"] == "ignored"
    assert await doubts(teresa) == []


async def test_the_same_words_are_asked_once_and_not_again(teresa: Desk, citizen: Citizen) -> None:
    await citizen.hears(ODD)
    await citizen.hears("un'altra cosa")
    await citizen.hears(f"  {ODD.upper()}")
    twice, once = await doubts(teresa)
    assert (twice["times"], once["times"]) == (2, 1)
    assert (await decide(teresa, twice, decision="ignored")).status_code == 200
    await citizen.hears(ODD)
    assert await doubts(teresa) == [once]


async def test_of_two_who_decide_at_once_one_learns_what_the_other_did(
    app: FastAPI, teresa: Desk, citizen: Citizen
) -> None:
    ugo = await trainer(app, "ugo")
    await citizen.hears(ODD)
    [doubt] = await doubts(teresa)
    answers = await asyncio.gather(
        decide(teresa, doubt), ugo.does(f"training/review/{doubt['id']}", decision="ignored")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    winner, loser = sorted(answers, key=lambda answer: answer.status_code)
    assert loser.json()["present"] == winner.json()
    assert f"{winner.json()['author']} ha già deciso" in loser.json()["detail"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"text": " \n "}, "La frase è vuota"),
        ({"text": "?!"}, "La frase è vuota"),
        ({"text": None}, "La frase è vuota"),
        ({"text": 3}, "La frase è vuota"),
        ({"text": "parola " * 50}, "al massimo 300"),
        ({"text": "chiamatemi al 347 1234567"}, "dati personali"),
        ({"text": "chiamatemi al [telefono]"}, "dati personali"),
        (
            {"text": "Ho dimenticato l'ombrello in sala d'attesa"},
            "di «Oggetti smarriti»",
        ),
        ({"topic": "niente"}, "argomento giusto"),
        ({"topic": "avviso"}, "argomento giusto"),
        ({"topic": None}, "argomento giusto"),
        ({"decision": "forse"}, "aggiungere la frase o ignorarla"),
    ],
)
async def test_what_cannot_be_learnt_is_refused_in_a_sentence(
    teresa: Desk, citizen: Citizen, body: dict[str, Any], said: str
) -> None:
    await citizen.hears(ODD)
    [doubt] = await doubts(teresa)
    answer = await decide(teresa, doubt, **body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert len(await doubts(teresa)) == 1


async def test_a_near_copy_of_what_another_added_is_refused(
    teresa: Desk, citizen: Citizen
) -> None:
    await citizen.hears(ODD)
    await citizen.hears(ODD + "?")
    second, first = await doubts(teresa)
    assert (await decide(teresa, first)).status_code == 200
    answer = await decide(teresa, second, text=f"ma {ODD}")
    assert answer.status_code == 422
    assert "quasi uguale" in answer.json()["detail"]


async def test_a_message_of_the_evaluation_is_not_learnt(teresa: Desk, citizen: Citizen) -> None:
    line = (ROOT / "data" / "evaluation" / "messages.tsv").read_text("utf-8").splitlines()[0]
    await citizen.hears(ODD)
    [doubt] = await doubts(teresa)
    answer = await decide(teresa, doubt, text=line.split("\t")[2])
    assert "provare l'assistente" in answer.json()["detail"]


async def test_a_mistaken_decision_can_be_withdrawn_and_is_not_learnt(
    app: FastAPI, teresa: Desk, citizen: Citizen
) -> None:
    await citizen.hears(ODD)
    [doubt] = await doubts(teresa)
    await decide(teresa, doubt, topic="wifi_tv")
    path = f"training/review/{doubt['id']}/withdraw"
    assert (await teresa.does(path)).status_code == 204
    assert await doubts(teresa) == [doubt]
    async with app.state.database.read() as session:
        assert await phrases.added(session) == []
    assert (await teresa.does(path)).status_code == 404
    assert (await decide(teresa, doubt)).status_code == 200


@pytest.mark.parametrize("message", ["0" * 32, "x", "%00"])
async def test_a_message_that_does_not_exist_is_not_found(teresa: Desk, message: str) -> None:
    answer = await teresa.does(f"training/review/{message}", decision="ignored")
    assert answer.status_code == 404


async def test_others_may_neither_look_nor_decide(app: FastAPI) -> None:
    desk = await trainer(app, "olga", "operator")
    assert (await desk.looks("training/review")).status_code == 403
    answer = await desk.does(f"training/review/{'0' * 32}", decision="ignored")
    assert answer.status_code == 403


def test_added_phrases_become_files_that_the_bot_reads_and_no_phrase_twice(tmp_path: Path) -> None:
    def added(topic: str, text: str) -> PhraseReview:
        return PhraseReview(topic=topic, text=text)

    found = [
        added("parcheggio", "dove la lascio"),
        added("parcheggio", "Dove la lascio"),
        added("sparito", "boh"),
        added("wifi_tv", "già detto"),
    ]
    known = phrases.Book({"già detto": "wifi_tv"}, frozenset())
    groups = {"parcheggio": "contatti", "wifi_tv": "servizi"}
    assert phrases.write(found, groups, tmp_path, known=known) == 1
    [file] = tmp_path.rglob("*.tsv")
    assert file == tmp_path / "phrases" / "cittadini" / "contatti.tsv"
    assert file.read_text() == "parcheggio\tvaria\tdove la lascio\n"
