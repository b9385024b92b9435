"""Opening hours of a desk: now, on the day that is named, and all week."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.found import look_up, offer, variant
from actions.saying import say

TOPIC = "orari_sportelli"
SAID_AT_ONCE = 2  # one desk in each hospital; of more the citizen chooses


class OrariSportelli(Action):
    def name(self) -> str:
        return "action_orari_sportelli"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        found = await look_up(tracker, "desks")
        _tell(dispatcher, found.records)
        return []


def _tell(dispatcher: CollectingDispatcher, desks: list[dict[str, Any]]) -> None:
    if not desks:
        say(dispatcher, TOPIC)
    elif len(desks) > SAID_AT_ONCE:
        offer(dispatcher, TOPIC, desks, title=_named)
    else:
        for found in desks:
            key = variant(TOPIC, "trovato", sample=found["sample"])
            say(dispatcher, key, values=_values(found))


def _values(found: dict[str, Any]) -> dict[str, str]:
    return {
        "nome": _named(found),
        "risposta": found["day"] or found["now"],
        "orari": found["week"],
    }


def _named(found: dict[str, Any]) -> str:
    return f"{found['name']}, {found['site_name']}" if found["site_name"] else str(found["name"])
