"""Telephone, place and hours of a ward or clinic, found by whatever name the citizen gives it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import names_something, vocabulary
from actions.found import look_up, say_none, variant
from actions.saying import pressed_value, say, text
from actions.ward_choice import offer_wards

TOPIC = "contatti_reparto"
UNKNOWN = "non indicato"
ASKING = vocabulary(
    "numero telefono telefonico telefonare cellulare recapito contatto contattare contatti"
    " chiamare email e-mail mail indirizzo piano palazzina sede reparto reparti ambulatorio"
    " unità ufficio ospedale policlinico parlare mettere mettersi"
)


class ContattiReparto(Action):
    def name(self) -> str:
        return "action_contatti_reparto"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        if not pressed_value(tracker) and not names_something(text(tracker), ASKING):
            say(dispatcher, TOPIC)
            return []
        found = await look_up(tracker, "wards")
        if not found.records:
            await say_none(dispatcher, TOPIC)
        elif len(found.records) > 1:
            offer_wards(dispatcher, TOPIC, found.records)
        else:
            _tell(dispatcher, found.records[0])
        return []


def _tell(dispatcher: CollectingDispatcher, ward: dict[str, Any]) -> None:
    fields = {
        "nome": "name",
        "sede": "site_name",
        "piano": "floor",
        "telefono": "phone",
        "email": "email",
        "orari": "hours",
    }
    values = {word: str(ward.get(field) or UNKNOWN) for word, field in fields.items()}
    say(dispatcher, variant(TOPIC, "trovato", sample=ward["sample"]), values=values)
