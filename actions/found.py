"""What every look-up does alike: it begins, offers choices, or says whom to ring instead."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.lookups import Record, find, one, switchboards
from actions.saying import pressed_value, say, text, whole_text

PERSON = {"title": "Parla con una persona", "payload": "parla_con_operatore"}
LONGEST_TITLE = 60
MOST_CHOICES = 5
Button = dict[str, str]


class Found(NamedTuple):
    records: list[Record]
    sure: bool  # only one may be meant


async def look_up(tracker: Tracker, kind: str) -> Found:
    """The record of the pressed button, else those that the text may mean, best first."""
    if chosen := pressed_value(tracker):
        record = await one(kind, chosen)
        return Found([record] if record else [], sure=record is not None)
    found = Found(*await find(kind, text(tracker)))
    if found.records or text(tracker) == whole_text(tracker):
        return found
    # "il numero dell'ortopedia, e quando si può entrare?": the second clause leans on the first
    return Found(*await find(kind, whole_text(tracker)))


def variant(topic: str, name: str, *, sample: bool) -> str:
    """The key of the words for a record; those for a sample say that it is one."""
    return f"{topic}.{name}_di_esempio" if sample else f"{topic}.{name}"


def button(title: str, payload: str) -> Button:
    return {"title": title[:LONGEST_TITLE], "payload": payload}


def offer(
    dispatcher: CollectingDispatcher,
    topic: str,
    records: Iterable[Record],
    *,
    title: Callable[[Record], str],
    person: bool = False,
) -> None:
    """The records as buttons of the topic; the last is a person if the citizen may need one."""
    last = [PERSON] if person else []
    buttons = [button(title(each), f"{topic}:{each['id']}") for each in records]
    shown = [*buttons[: MOST_CHOICES - len(last)], *last]
    say(dispatcher, f"{topic}.piu_di_uno", values={"buttons": shown})


async def say_none(
    dispatcher: CollectingDispatcher, topic: str, *, ways: Iterable[Button] = ()
) -> None:
    """Nothing was found: other ways, the switchboards, a person."""
    boards = await switchboards()
    numbers = "; ".join(f"{board['site_name']}: {board['phone']}" for board in boards)
    key = variant(topic, "nessuno", sample=any(board["sample"] for board in boards))
    say(dispatcher, key, values={"centralini": numbers, "buttons": [*ways, PERSON]})
