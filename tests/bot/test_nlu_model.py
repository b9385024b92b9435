"""The linear model: confidences, saving, seeds; clauses; verdicts."""

import json

import numpy as np
import pytest

from bot.nlu.certainty import Calibration
from bot.nlu.clauses import clauses
from bot.nlu.features import count
from bot.nlu.linear import MOST_CONFIDENT, LinearModel, Reading
from bot.nlu.storage import restore, save
from bot.nlu.verdict import MOST_TOPICS, Judge, Thresholds
from italian.features import essence

PHRASES = {
    "parcheggio": [
        "dove posso parcheggiare",
        "c'è un posteggio",
        "quanto costa la sosta",
        "dove lascio la macchina",
        "posti auto per disabili",
        "parcheggio gratuito",
    ],
    "bar": [
        "c'è un bar",
        "dove posso mangiare un panino",
        "a che ora apre la mensa",
        "vorrei un caffè",
        "distributori automatici",
        "dove si mangia",
    ],
    "referti": [
        "ritirare il referto",
        "quando sono pronte le analisi",
        "risultato degli esami",
        "vedere il referto online",
        "dove ritiro gli esiti",
        "esito della visita",
    ],
}
TEXTS = [text for texts in PHRASES.values() for text in texts]
LABELS = [topic for topic, texts in PHRASES.items() for _ in texts]


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return LinearModel.train(TEXTS, LABELS)


@pytest.mark.parametrize("text", ["DOVE PARCHEGGIO???", "dv posteggio la makkina", "parcheggi?"])
def test_other_words_for_the_same_wish_are_understood(model, text):
    assert model.read(text).ranking[0][0] == "parcheggio"


@pytest.mark.parametrize("text", [*TEXTS, "", "zzz", "😀"])
def test_shares_are_a_distribution_and_never_certain(model, text):
    read = model.read(text)
    values = [confidence for _, confidence in read.ranking]
    assert sum(values) == pytest.approx(1, abs=0.01)
    assert values == sorted(values, reverse=True)
    assert values[0] <= MOST_CONFIDENT < 1
    assert 0 <= read.certainty <= 1


def test_a_phrase_of_its_own_makes_it_surer_than_a_stranger(model):
    assert model.read("c'è un posteggio").certainty > model.read("c'è un idraulico").certainty


def test_a_text_without_one_known_word_is_not_known(model):
    assert model.read("dove mangio").known
    assert not model.read("xyzzy").known


def test_the_same_phrases_give_the_same_model(model):
    again = LinearModel.train(TEXTS, LABELS)
    assert all(np.array_equal(model.weights[name], again.weights[name]) for name in model.weights)


def test_many_texts_at_once_are_judged_as_one_by_one():
    counts = count(TEXTS)
    model = LinearModel.fit(counts, LABELS, Calibration(1.0, (0.0,) * 12))
    margins = model.margins(counts, np.arange(len(TEXTS)))
    for text, row in zip(TEXTS, margins, strict=True):
        assert model.labels[row.argmax()] == model.read(text).ranking[0][0]


def test_a_saved_model_understands_alike_and_holds_only_text_and_numbers(model, tmp_path):
    save(model, tmp_path)
    restored = restore(tmp_path)
    for text in TEXTS:
        before, after = model.read(text), restored.read(text)
        assert before.ranking[0][0] == after.ranking[0][0]
        assert before.certainty == pytest.approx(after.certainty, abs=0.01)
    assert {file.name for file in tmp_path.iterdir()} == {"linear.json", "linear.npz"}
    json.loads((tmp_path / "linear.json").read_text(encoding="utf-8"))
    with np.load(tmp_path / "linear.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fi" for name in arrays)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Buongiorno, dove parcheggio? Grazie mille", "dove parcheggio"),
        ("buongiorno", "buongiorno"),
        ("ciao grazie", "ciao grazie"),
        ("grazie", "grazie"),
    ],
)
def test_greetings_around_a_question_are_left_out(text, kept):
    assert essence(text) == kept


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("dove parcheggio? e a che ora sono le visite?", 2),
        ("dove parcheggio e quanto costa il ticket", 2),
        ("domani porto le urine: dove parcheggio e da che ora aprite?", 3),
        ("se mio figlio resta la notte, a chi lo chiedo?", 0),
        ("un consiglio: mettete più sedie", 0),
        ("vorrei disdire la visita", 0),
        ("mio padre e mia madre sono in ospedale", 0),
        ("ciao", 0),
    ],
)
def test_a_message_is_split_where_a_second_question_begins(text, parts):
    assert len(clauses(text)) == parts


FACTS = {
    "parcheggio": {"risk": "L", "kind": "answer", "said_alone": True},
    "referti": {"risk": "M", "kind": "answer", "said_alone": True},
    "privacy": {"risk": "H", "kind": "answer", "said_alone": True},
    "reclamo": {"risk": "H", "kind": "form", "said_alone": False},
    "persona": {"risk": "L", "kind": "handoff", "said_alone": False},
    "saluto": {"risk": "L", "kind": "command", "said_alone": True},
}
JUDGE = Judge(FACTS, Thresholds(0.5, 0.8, 0.7, 0.5, 0.3, 0.1))


def reading(*ranking: tuple[str, float], known: bool = True) -> Reading:
    return Reading(ranking[0][0], list(ranking), weigh=lambda: ranking[0][1], known=known)


def test_nothing_is_offered_when_no_word_is_known():
    ranking = [("parcheggio", 0.4), ("referti", 0.3)]
    assert JUDGE.judge(reading(*ranking, known=False), [])["verdict"] == "decline"
    assert JUDGE.judge(reading(*ranking), [])["verdict"] == "offer"


@pytest.mark.parametrize(
    ("ranking", "verdict", "choices"),
    [
        ([("parcheggio", 0.6), ("referti", 0.2)], "answer", []),
        ([("privacy", 0.6), ("referti", 0.2)], "offer", ["privacy", "referti"]),
        ([("privacy", 0.9), ("referti", 0.05)], "answer", []),
        (
            [("parcheggio", 0.4), ("fuori_ambito", 0.3), ("referti", 0.05)],
            "offer",
            ["parcheggio"],
        ),
        (
            [("fuori_ambito", 0.4), ("parcheggio", 0.2), ("referti", 0.15), ("privacy", 0.1)],
            "offer",
            ["parcheggio", "referti", "privacy"],
        ),
        ([("parcheggio", 0.2), ("referti", 0.05), ("privacy", 0.05)], "decline", []),
        ([("fuori_ambito", 0.9), ("referti", 0.1)], "decline", []),
        ([("privacy", 0.4), ("conferma", 0.3), ("referti", 0.2)], "offer", ["privacy", "referti"]),
        ([("insulto", 0.4), ("referti", 0.2)], "offer", ["insulto", "referti"]),
        (
            [("annulla", 0.3), ("referti", 0.2), ("privacy", 0.2)],
            "offer",
            ["referti", "privacy"],
        ),
        ([("ringraziamento", 0.46), ("referti", 0.2)], "answer", []),
        ([("annulla", 0.46), ("referti", 0.2)], "offer", ["annulla", "referti"]),
    ],
)
def test_the_verdict_follows_the_thresholds(ranking, verdict, choices):
    found = JUDGE.judge(reading(*ranking), [])
    assert (found["verdict"], found["choices"]) == (verdict, choices)


@pytest.mark.parametrize(
    ("first", "second", "topics"),
    [
        (("parcheggio", 0.9), ("referti", 0.8), ["parcheggio", "referti"]),
        (("reclamo", 0.9), ("parcheggio", 0.9), ["parcheggio", "reclamo"]),
        (("persona", 0.9), ("parcheggio", 0.9), ["parcheggio", "persona"]),
        (("parcheggio", 0.9), ("referti", 0.6), ["parcheggio"]),
        (("parcheggio", 0.9), ("privacy", 0.75), ["parcheggio"]),
        (("saluto", 0.9), ("parcheggio", 0.9), ["parcheggio"]),
        (("parcheggio", 0.9), ("parcheggio", 0.9), ["parcheggio"]),
    ],
)
def test_two_clear_questions_are_both_heard_and_a_change_of_state_comes_last(
    first, second, topics
):
    whole = reading(("parcheggio", 0.9), (first[0], 0.05), (second[0], 0.05))
    found = JUDGE.judge(whole, [reading(first), reading(second)])
    assert found["topics"] == topics
    assert found["said_first"] == topics[:-1]
    assert list(found["asks"]) == (topics if len(topics) == MOST_TOPICS else [])


def test_a_clause_about_what_the_message_is_not_about_is_no_second_question():
    others = [(topic, 0.01) for topic in ("saluto", "persona", "privacy", "reclamo")]
    whole = reading(("parcheggio", 0.9), *others, ("referti", 0.001))
    parts = [reading(("parcheggio", 0.9)), reading(("referti", 0.9))]
    assert JUDGE.judge(whole, parts)["topics"] == ["parcheggio"]


def test_another_language_goes_to_a_person_whatever_its_words_resemble():
    found = JUDGE.judge(reading(("parcheggio", 0.9)), [], language="en")
    assert (found["verdict"], found["topics"]) == ("answer", ["lingua_straniera"])
