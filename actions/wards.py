"""Telephone, place and hours of a ward or clinic, found by whatever name the citizen gives it."""

from collections import Counter
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.lookups import find_wards, ward
from actions.saying import pressed_value, say, text
from italian.lemmas import lemmas
from italian.normalise import normalise
from italian.tokens import words

TOPIC = "contatti_reparto"
PERSON = {"title": "Parla con una persona", "payload": "parla_con_operatore"}
UNKNOWN = "non indicato"
LONGEST_TITLE = 60
# Words that ask for a ward without naming one
ASKING = frozenset(
    lemmas(
        words(
            "qual quale è essere il lo la i gli le l un uno una di del dello della dell dei"
            " delle a al alla all in nel nella con per da dal dalla mi mia mio ci vi si che"
            " chi come dove dov cosa numero telefono telefonico telefonare cellulare recapito"
            " contatto contattare contatti chiamare email e-mail mail indirizzo piano"
            " palazzina sede reparto reparti ambulatorio unità ufficio ospedale policlinico"
            " dire dare dite dica dammi date serve servire volere vorrei voglio potere posso"
            " puoi avere ho bisogno sapere trovare trova trovo favore per cortesia grazie"
            " buongiorno buonasera salve ciao scusi scusate parlare mettere mettersi e o"
        )
    )
)


class ContattiReparto(Action):
    def name(self) -> str:
        return "action_contatti_reparto"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        chosen = pressed_value(tracker)
        if chosen:
            found = await ward(chosen)
            _tell(dispatcher, [found] if found else [], sure=True)
        elif not _names_something(text(tracker)):
            say(dispatcher, TOPIC)
        else:
            wards, sure = await find_wards(text(tracker))
            _tell(dispatcher, wards, sure=sure)
        return []


def _names_something(question: str) -> bool:
    return any(word not in ASKING for word in lemmas(words(normalise(question))))


def _tell(dispatcher: CollectingDispatcher, wards: list[dict[str, Any]], *, sure: bool) -> None:
    if not wards:
        say(dispatcher, f"{TOPIC}.nessuno", values={"buttons": [PERSON]})
    elif sure or len(wards) == 1:
        say(dispatcher, f"{TOPIC}.trovato", values=_values(wards[0]))
    else:
        say(dispatcher, f"{TOPIC}.piu_di_uno", values={"buttons": _buttons(wards)})


def _values(found: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "nome": "name",
        "sede": "site_name",
        "piano": "floor",
        "telefono": "phone",
        "email": "email",
        "orari": "hours",
    }
    return {word: str(found.get(field) or UNKNOWN) for word, field in fields.items()}


def _buttons(wards: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The site stands beside names that two wards share."""
    names = Counter(found["name"] for found in wards)
    return [
        {
            "title": _title(found, shared=names[found["name"]] > 1),
            "payload": f"{TOPIC}:{found['id']}",
        }
        for found in wards
    ]


def _title(found: dict[str, Any], *, shared: bool) -> str:
    title = f"{found['name']}, {found['site_name']}" if shared else str(found["name"])
    return title[:LONGEST_TITLE]
