"""The linear model: confidences, saving, seeds; clauses; verdicts."""

import json

import numpy as np
import pytest

from bot.nlu.clauses import clauses
from bot.nlu.features import essence
from bot.nlu.linear import MOST_CONFIDENT, LinearModel
from bot.nlu.verdict import Judge, Thresholds

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
    assert model.rank([text])[0][0][0] == "parcheggio"


def test_confidences_are_a_distribution_and_never_certain(model):
    for ranking in model.rank([*TEXTS, "", "zzz"]):
        values = [confidence for _, confidence in ranking]
        assert sum(values) == pytest.approx(1, abs=0.01)
        assert values == sorted(values, reverse=True)
        assert values[0] <= MOST_CONFIDENT < 1


def test_the_same_phrases_give_the_same_model(model):
    again = LinearModel.train(TEXTS, LABELS)
    assert np.array_equal(model.weights, again.weights)
    assert model.sharpness == again.sharpness


def test_a_saved_model_understands_alike_and_holds_only_text_and_numbers(model, tmp_path):
    model.save(tmp_path)
    restored = LinearModel.restore(tmp_path)
    for before, after in zip(model.rank(TEXTS), restored.rank(TEXTS), strict=True):
        assert before[0][0] == after[0][0]
        assert before[0][1] == pytest.approx(after[0][1], abs=0.01)
    assert {file.name for file in tmp_path.iterdir()} == {"linear.json", "linear.npz"}
    json.loads((tmp_path / "linear.json").read_text(encoding="utf-8"))
    with np.load(tmp_path / "linear.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind == "f" for name in arrays)


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
JUDGE = Judge(FACTS, Thresholds(0.5, 0.8, 0.7, 0.6, 0.1))


def test_nothing_is_offered_when_no_word_is_known():
    ranking = [("parcheggio", 0.4), ("referti", 0.3)]
    assert JUDGE.judge(ranking, [], known=False)["verdict"] == "decline"
    assert JUDGE.judge(ranking, [], known=True)["verdict"] == "offer"


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
        ([("parcheggio", 0.2), ("referti", 0.1), ("privacy", 0.1)], "decline", []),
        ([("fuori_ambito", 0.9), ("referti", 0.1)], "decline", []),
    ],
)
def test_the_verdict_follows_the_thresholds(ranking, verdict, choices):
    found = JUDGE.judge(ranking, [])
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
    found = JUDGE.judge([("parcheggio", 0.9)], [[first], [second]])
    assert found["topics"] == topics
    assert found["said_first"] == topics[:-1]
