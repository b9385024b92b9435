"""Names what the conversation does with an understood message: the intent that the rules see."""

from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.follow_ups import REFUSED, asked_about, follows, insists
from bot.nlu.in_form import FILL, form_of, inside_form
from bot.nlu.last_said import last_said, was_unsure
from bot.nlu.parse import Parse, asked_topic, is_payload
from italian.forms import START, Form, read_forms
from italian.normalise import normalise

OFFER = "incerto"
DECLINE = "non_capito"
STILL_UNSURE = "ancora_incerto"
ANOTHER_FORM = "altro_modulo"
DIALOGUE_INTENTS = (OFFER, DECLINE, STILL_UNSURE, FILL, ANOTHER_FORM)
# The way out of a form must not hang on a probability
OUTRIGHT = {
    **dict.fromkeys(("annulla", "annullare", "stop", "esci"), "annulla"),
    **dict.fromkeys(("operatore", "persona", "una persona"), "parla_con_operatore"),
    "aiuto": "aiuto",
}
LONGEST_FRAGMENT = 3  # words


def decide(parse: Parse, tracker: DialogueStateTracker | None) -> str:
    """The dialogue intent; the classifier's own intent and ranking stay as they are."""
    open_form = form_of(tracker)
    if is_payload(parse):
        return _pressed(parse, open_form)
    if (command := OUTRIGHT.get(normalise(parse["text"]).strip(" .!"))) is not None:
        return command
    if tracker is not None and open_form:
        return _one_at_a_time(inside_form(parse, tracker, open_form), open_form)
    if tracker is not None and (meant := follows(parse, tracker)):
        return meant
    topic = asked_topic(parse)
    if parse["verdict"] == "answer":
        return topic
    return _outside(parse, tracker) or _unsure(parse, tracker)


def _pressed(parse: Parse, open_form: Form | None) -> str:
    """The topic of the button; the one that begins a form sends `topic:compila`."""
    topic: str = parse["intent"]["name"]
    form = read_forms().get(topic)
    values = [each["value"] for each in parse.get("entities", ())]
    if form and form.start and form is not open_form and START in values:
        topic = form.begin
    return _one_at_a_time(topic, open_form)


def _one_at_a_time(intent: str, open_form: Form | None) -> str:
    others = (form.begin for form in read_forms().values() if form is not open_form)
    return ANOTHER_FORM if open_form and intent in others else intent


def _outside(parse: Parse, tracker: DialogueStateTracker | None) -> str | None:
    """Nobody's matter; after a refusal it is the citizen who insists, and hears it again.

    Not of a fragment: out of its place "mia madre" means nothing.
    """
    told = len(parse["text"].split()) > LONGEST_FRAGMENT
    if not told or asked_topic(parse) != "fuori_ambito" or not parse.get("sure"):
        return None
    said = last_said(tracker) if tracker is not None else ""
    return said if said in REFUSED else "fuori_ambito"


def _unsure(parse: Parse, tracker: DialogueStateTracker | None) -> str:
    if any(each["entity"] == "pratica" for each in parse.get("found", ())):
        return "stato_segnalazione"
    if tracker is not None and (topic := asked_about(tracker, parse["text"])):
        return topic
    if tracker is not None and (refused := insists(parse, tracker)):
        return refused
    if tracker is not None and was_unsure(tracker):
        return STILL_UNSURE
    return OFFER if parse["verdict"] == "offer" else DECLINE
