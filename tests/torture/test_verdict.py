"""The judge condemns: what was lost, said twice, late or out of order does not pass."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from handoff.tables import Conversation, Inbox, Message, Outbox, Ticket
from tests.handoff.machine.promises import Stand, gaps, out_of_order, unanswered, unsettled
from tests.torture import verdict
from tests.torture.load import EMERGENCY, Load


@dataclass
class Telegram:
    sent: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Stage:
    telegram: Telegram = field(default_factory=Telegram)


def message(id: str, seq: int, **values: Any) -> Message:
    known = {"author": "citizen", "text": "parcheggio?", "final": False, "reply_to": None}
    return Message(id=id, seq=seq, conversation_id="talk", **(known | values))


def answer(to: str, seq: int, **values: Any) -> Message:
    return message(f"to-{to}", seq, author="bot", reply_to=to, final=True, **values)


def now(*messages: Message, **rows: Any) -> Stand:
    talk = Conversation(
        id="talk", channel="telegram", address="42", holder="bot", last_seq=len(messages)
    )
    heard = [
        Inbox(message_id=m.id, conversation_id="talk", channel="telegram", state="done")
        for m in messages
        if m.author == "citizen"
    ]
    known: dict[str, Any] = {"outbox": [], "attempts": Counter(), "tickets": [], "events": {}}
    return Stand(
        conversations={"talk": talk}, messages=list(messages), **({"inbox": heard} | known | rows)
    )


@pytest.fixture
def load() -> Load:
    return Load("", Random(1), pushed=1)


def test_what_was_accepted_and_is_not_there_is_lost(load: Load) -> None:
    assert verdict.lost(now(message("a", 1)), load) == []
    load.accepted["b"] = "talk"
    assert verdict.lost(now(message("a", 1)), load) == ["b"]
    load.pushed = 2
    assert verdict.lost(now(message("a", 1)), load) == ["b", "1 of Telegram's"]


def test_what_a_chat_saw_more_often_than_it_was_said_is_doubled() -> None:
    stage: Any = Stage()
    said = answer("a", 2, text="Ecco la chiave {chiave}.")
    sent = Outbox(id=1, message_id=said.id, conversation_id="talk", channel="telegram")
    stood = now(message("a", 1), said, outbox=[sent])
    seen = {"chat_id": 42, "text": "Ecco la chiave 7K3QA-7K3Q-7K3Q."}
    stage.telegram.sent = [seen]
    assert verdict.said_twice(stood, stage) == []
    stage.telegram.sent = [seen, seen]
    assert len(verdict.said_twice(stood, stage)) == 1


@pytest.mark.parametrize(("seq", "late"), [(2, []), (3, []), (4, ["a"]), (None, ["a"])])
def test_an_emergency_is_answered_in_the_same_transaction(
    load: Load, seq: int | None, late: list[str]
) -> None:
    said = [answer("a", seq, topic="emergenza")] if seq else []
    assert verdict.late_emergencies(now(message("a", 1, text=EMERGENCY), *said), load) == late


def test_gaps_wrong_order_and_silence_are_found() -> None:
    a, b = message("a", 1), message("b", 2)
    assert gaps(now(a, message("c", 3))) == ["talk"]
    assert out_of_order(now(a, b, answer("b", 3), answer("a", 4))) == ["talk"]
    assert out_of_order(now(a, b, answer("a", 3), answer("b", 4))) == []
    assert unanswered(now(a, b, answer("a", 3))) == ["b"]
    assert unanswered(now(a, tickets=[Ticket(id="t", conversation_id="talk")])) == []
    stuck = Outbox(id=1, message_id="a", conversation_id="talk", state="ready")
    assert unsettled(now(a, outbox=[stuck])) == ["a"]
