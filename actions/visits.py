"""When relatives may visit a ward, found by whatever name the citizen gives it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import is_answer
from actions.found import look_up, say_none, variant
from actions.saying import pressed_value, say
from actions.ward_choice import offer_wards

TOPIC = "orari_visita"


class OrariVisita(Action):
    def name(self) -> str:
        return "action_orari_visita"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        found = await look_up(tracker, "wards")
        if len(found.records) > 1:
            offer_wards(dispatcher, TOPIC, found.records)
        elif found.records:
            _tell(dispatcher, found.records[0])
        elif pressed_value(tracker) or is_answer(tracker, TOPIC):
            await say_none(dispatcher, TOPIC)
        else:  # "posso portare i fiori a mia zia?": what holds for every ward, and which is meant?
            say(dispatcher, TOPIC)
        return []


def _tell(dispatcher: CollectingDispatcher, ward: dict[str, Any]) -> None:
    key = variant(TOPIC, "trovato" if ward["visits"] else "senza_orari", sample=ward["sample"])
    values = {"nome": ward["name"], "sede": ward["site_name"], "telefono": ward["phone"]}
    if ward["visits"]:
        values["visite"] = ward["visits"]
    say(dispatcher, key, values=values)
