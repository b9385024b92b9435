"""The door's answer, read off the tracker: the same whenever and by whichever bot it is given."""

from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered

from bot.memory import Conversation
from bot.nlu.decision import DECLINE, OFFER
from bot.nlu.follow_ups import wants_more
from bot.nlu.language import ITALIAN
from bot.nlu.verdict import FOREIGN

Answer = dict[str, Any]
OFFERED = "scelta"
MORE, VALUE, SITE = "di_piu", "valore", "sede"
DECISIONS = {OFFER: "offer", DECLINE: "decline", "fuori_ambito": "decline"}
TICKET = {"kind": "persona", "reason": "richiesta", "topic": None, "fields": {}}


class NoReply(Exception):
    """The bot decided to say nothing, which a citizen must never experience."""


def last_answer(conversation: Conversation) -> Answer:
    message, *followed = conversation.last_turn()
    said = [event for event in followed if isinstance(event, BotUttered)]
    replies = [_reply(event, message) for event in said]
    if not replies or None in replies:
        raise NoReply
    ticket = _ticket(said)
    return {
        "replies": replies,
        "parse": _parse(message),
        "decision": _decision(message, ticket=ticket, form=conversation.active_loop_name),
        "ticket": ticket,
        "model": message.parse_data["model"],
    }


def _reply(event: BotUttered, message: UserUttered) -> dict[str, Any] | None:
    said = event.data.get("custom") or {}
    if not said.get("say"):
        return {"text": event.text} if event.text else None
    language = message.parse_data.get("language", ITALIAN)
    if said["say"] == FOREIGN and language != ITALIAN:
        return {"say": f"{FOREIGN}.{language}", "with": {}}
    values = dict(said.get("with") or {})
    if said["say"] == OFFERED:
        values["choices"] = message.parse_data["choices"]
    elif said["say"] in _answered(message) and (wished := _wished(message)):
        values["prefer"] = wished
    return {"say": said["say"], "with": values}


def _answered(message: UserUttered) -> list[str]:
    return [*message.parse_data["said_first"], message.intent_name]


def _wished(message: UserUttered) -> list[str]:
    """Variants of an answer that suit better: the pressed one, the longer, the hospital's."""
    if message.text and wants_more(message.text):
        return [MORE]
    parse = message.parse_data
    pressed = [each["value"] for each in parse["entities"] if each["entity"] == VALUE]
    return pressed + [each["value"] for each in parse.get("found", ()) if each["entity"] == SITE]


def _ticket(said: list[BotUttered]) -> dict[str, Any] | None:
    wishes = [(event.data.get("custom") or {}).get("ticket") for event in said]
    wish = next(filter(None, reversed(wishes)), None)
    return None if wish is None else {name: wish.get(name, TICKET[name]) for name in TICKET}


def _parse(message: UserUttered) -> dict[str, Any]:
    """The classifier's own view, not the dialogue's."""
    parse = message.parse_data
    return {
        **parse["classified"],
        "entities": [*parse["entities"], *parse.get("found", ())],
        "topics": parse["topics"],
        "verdict": parse["verdict"],
    }


def _decision(message: UserUttered, *, ticket: Answer | None, form: str | None) -> str:
    if ticket is not None:
        return "handoff"
    if form is not None:
        return "form"
    return DECISIONS.get(message.intent_name, "answer")
