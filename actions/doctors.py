"""Where a doctor works and how to reach that ward."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import means_something, vocabulary
from actions.found import Button, button, look_up, offer, say_none, variant
from actions.lookups import Record, find_wards
from actions.saying import say, text

TOPIC = "cercare_medico"
CONTACTS = "contatti_reparto"
MOST_WARDS = 3
ASKING = vocabulary(
    "medico medici dottore dottoressa dottor dott professore professoressa specialista cercare"
    " cerco ricevere riceve lavorare lavora giorno giorni orario reparto ospedale contattare"
    " parlare chiamare numero telefono nome cognome"
)


class CercareMedico(Action):
    def name(self) -> str:
        return "action_cercare_medico"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        found = await look_up(tracker, "doctors")
        if found.sure:
            _tell(dispatcher, found.records[0])
        elif found.records:
            offer(dispatcher, TOPIC, found.records, title=_title, person=True)
        elif means_something(tracker, TOPIC, ASKING):
            await say_none(dispatcher, TOPIC, ways=await _wards(text(tracker)))
        else:
            say(dispatcher, TOPIC)
        return []


async def _wards(question: str) -> list[Button]:
    """Of a doctor nobody knows the ward may be named: it knows its people."""
    wards, _ = await find_wards(question)
    return [button(ward["name"], f"{CONTACTS}:{ward['id']}") for ward in wards[:MOST_WARDS]]


def _title(doctor: Record) -> str:
    return f"{doctor['name']}, {doctor['ward']['name']}"


def _tell(dispatcher: CollectingDispatcher, doctor: Record) -> None:
    ward = doctor["ward"]
    values = {
        "medico": doctor["name"],
        "reparto": ward["name"],
        "sede": " e ".join(doctor["sites"]),
        "telefono": ward["phone"],
        "email": ward["email"],
    }
    say(dispatcher, variant(TOPIC, "trovato", sample=doctor["sample"]), values=values)
