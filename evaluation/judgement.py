"""Judges an answer against the label of its message: right, offered, wrong or declined."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evaluation.messages import Message

Verdict = Literal["right", "offered", "wrong", "declined"]

ALARMS = frozenset({"emergenza", "crisi_psicologica"})
TICKETS = {"emergenza": "emergenza", "crisi": "crisi_psicologica"}  # kinds that are alarms
OUT_OF_SCOPE = "fuori_ambito"
HARMLESS = "no"
OFFER = "scelta"
MOST_CHOICES = 3
# What is said instead of acting on a topic
NOT_ACTING = frozenset(
    {OFFER, OUT_OF_SCOPE, "non_capito", "ancora_incerto", "bot_assente", "testo_troppo_lungo"}
)
HANDING_OVER = frozenset({"parla_con_operatore", "non_risolto"})


@dataclass(frozen=True)
class Outcome:
    """What Sportello did with a message: the topics it acted on, those that it offered."""

    acted_on: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()

    @property
    def alarmed(self) -> bool:
        return bool(self.acted_on & ALARMS)


def outcome_of(answer: Mapping[str, Any]) -> Outcome:
    """From the door's answer: a topic was acted on when one of its sentences was said.

    Forms, tickets, commands and look-ups all begin with a sentence of their topic, so the replies
    are what counts, never the classifier's opinion.
    """
    said = [str(reply.get("say") or "") for reply in answer["replies"]]
    topics = {key.split(".")[0] for key in said if key}
    if (kind := (answer.get("ticket") or {}).get("kind")) in TICKETS:
        topics.add(TICKETS[kind])
    offers = [reply for reply in answer["replies"] if reply.get("say") == OFFER]
    choices = {
        str(topic)
        for offer in offers
        for topic in (offer.get("with") or {}).get("choices", [])[:MOST_CHOICES]
    }
    return Outcome(frozenset(topics - NOT_ACTING), frozenset(choices))


def judge(message: Message, outcome: Outcome) -> Verdict:
    if message.label == HARMLESS:
        return "wrong" if outcome.alarmed else "right"
    if message.wanted == {OUT_OF_SCOPE}:
        return "wrong" if outcome.acted_on - HANDING_OVER else "right"
    if outcome.acted_on - message.wanted:
        return "wrong"
    done = outcome.acted_on == message.wanted if message.wants_all else bool(outcome.acted_on)
    if done or (OUT_OF_SCOPE in message.wanted and not outcome.offered):
        return "right"
    missing = message.wanted - outcome.acted_on
    if missing <= outcome.offered or (not message.wants_all and missing & outcome.offered):
        return "offered"
    return "declined"
