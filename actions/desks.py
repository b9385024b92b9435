"""Opening hours of a desk: now, on the day that is named, and all week."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.lookups import desk, find_desks
from actions.saying import pressed_value, say, text

TOPIC = "orari_sportelli"
SAID_AT_ONCE = 2  # one desk in each hospital; of more the citizen chooses
LONGEST_TITLE = 60


class OrariSportelli(Action):
    def name(self) -> str:
        return "action_orari_sportelli"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        chosen = pressed_value(tracker)
        if chosen:
            found = await desk(chosen)
            desks = [found] if found else []
        else:
            desks = await find_desks(text(tracker))
        _tell(dispatcher, desks)
        return []


def _tell(dispatcher: CollectingDispatcher, desks: list[dict[str, Any]]) -> None:
    if not desks:
        say(dispatcher, TOPIC)
    elif len(desks) > SAID_AT_ONCE:
        say(dispatcher, f"{TOPIC}.piu_di_uno", values={"buttons": list(map(_button, desks))})
    else:
        for found in desks:
            variant = "trovato_di_esempio" if found["sample"] else "trovato"
            say(dispatcher, f"{TOPIC}.{variant}", values=_values(found))


def _values(found: dict[str, Any]) -> dict[str, str]:
    return {
        "nome": _named(found),
        "risposta": found["day"] or found["now"],
        "orari": found["week"],
    }


def _button(found: dict[str, Any]) -> dict[str, str]:
    return {"title": _named(found)[:LONGEST_TITLE], "payload": f"{TOPIC}:{found['id']}"}


def _named(found: dict[str, Any]) -> str:
    return f"{found['name']}, {found['site_name']}" if found["site_name"] else str(found["name"])
