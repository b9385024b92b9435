"""How to prepare for an exam; a wrong word harms, so what is not surely meant is only offered."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import means_something, vocabulary
from actions.found import MOST_CHOICES, PERSON, button, look_up, offer, say_none, variant
from actions.lookups import Record
from actions.saying import say

TOPIC = "preparazione_esame"
CONTACTS = "contatti_reparto"
ASKING = vocabulary(
    "esame esami preparazione preparare prepararmi prepararsi digiuno digiuna digiuni bere acqua"
    " mangiare caffè colazione prima fare faccio farmaco medicina pastiglia prendere domani"
)


class PreparazioneEsame(Action):
    def name(self) -> str:
        return "action_preparazione_esame"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        found = await look_up(tracker, "exams")
        if found.sure:
            _tell(dispatcher, found.records[0])
        elif found.records:
            offer(dispatcher, TOPIC, found.records, title=lambda exam: exam["name"], person=True)
        elif means_something(tracker, TOPIC, ASKING):
            await say_none(dispatcher, TOPIC)
        else:
            say(dispatcher, TOPIC)
        return []


def _tell(dispatcher: CollectingDispatcher, exam: Record) -> None:
    wards = [button(each["name"], f"{CONTACTS}:{each['id']}") for each in exam["wards"]]
    values = {
        "nome": exam["name"],
        "preparazione": exam["preparation"],
        "buttons": [*wards[: MOST_CHOICES - 1], PERSON],
    }
    say(dispatcher, variant(TOPIC, "trovato", sample=exam["sample"]), values=values)
