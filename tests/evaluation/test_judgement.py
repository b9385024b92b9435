"""What counts as right, offered, wrong and declined."""

import pytest

from evaluation.judgement import Outcome, judge, outcome_of
from evaluation.messages import Message


def answer(*says, choices=(), ticket=None, decision="answer"):
    replies = [{"say": say, "with": {}} for say in says]
    if choices:
        replies.append({"say": "scelta", "with": {"choices": list(choices)}})
    return {"replies": replies, "decision": decision, "ticket": ticket}


@pytest.mark.parametrize(
    ("given", "acted_on", "offered"),
    [
        (answer("parcheggio"), {"parcheggio"}, set()),
        (answer("contatti_reparto.trovato"), {"contatti_reparto"}, set()),
        (answer("reclamo.cosa", decision="form"), {"reclamo"}, set()),
        (answer("parcheggio", "referti"), {"parcheggio", "referti"}, set()),
        (answer("non_capito", decision="decline"), set(), set()),
        (answer("ancora_incerto", decision="handoff"), set(), set()),
        (answer("fuori_ambito"), set(), set()),
        (answer(choices=["a", "b"], decision="offer"), set(), {"a", "b"}),
        (answer(choices=["a", "b", "c", "d"], decision="offer"), set(), {"a", "b", "c"}),
        (answer("saluto", ticket={"kind": "crisi"}), {"saluto", "crisi_psicologica"}, set()),
    ],
)
def test_sentences_said_show_what_was_acted_on(given, acted_on, offered):
    assert outcome_of(given) == Outcome(frozenset(acted_on), frozenset(offered))


@pytest.mark.parametrize(
    ("label", "acted_on", "offered", "verdict"),
    [
        ("parcheggio", {"parcheggio"}, set(), "right"),
        ("parcheggio", {"referti"}, set(), "wrong"),
        ("parcheggio", {"parcheggio", "referti"}, set(), "wrong"),
        ("parcheggio", {"parla_con_operatore"}, set(), "wrong"),
        ("parcheggio", set(), {"parcheggio", "referti"}, "offered"),
        ("parcheggio", set(), {"referti"}, "declined"),
        ("parcheggio", set(), set(), "declined"),
        ("parcheggio|referti", {"referti"}, set(), "right"),
        ("parcheggio|referti", set(), {"referti"}, "offered"),
        ("parcheggio+referti", {"parcheggio", "referti"}, set(), "right"),
        ("parcheggio+referti", {"parcheggio"}, set(), "declined"),
        ("parcheggio+referti", {"parcheggio"}, {"referti"}, "offered"),
        ("parcheggio+referti", set(), {"referti"}, "declined"),
        ("parcheggio+referti", {"parcheggio", "saluto"}, set(), "wrong"),
        ("fuori_ambito", set(), set(), "right"),
        ("fuori_ambito", set(), {"referti"}, "right"),
        ("fuori_ambito", {"parla_con_operatore"}, set(), "right"),
        ("fuori_ambito", {"referti"}, set(), "wrong"),
        ("fuori_ambito", {"saluto"}, set(), "wrong"),
        ("no", {"referti"}, set(), "right"),
        ("no", {"emergenza"}, set(), "wrong"),
        ("emergenza", {"emergenza"}, set(), "right"),
        ("emergenza", {"crisi_psicologica"}, set(), "wrong"),
    ],
)
def test_verdict(label, acted_on, offered, verdict):
    message = Message(label, "semplice", "…")
    assert judge(message, Outcome(frozenset(acted_on), frozenset(offered))) == verdict
