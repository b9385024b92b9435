"""Names what the conversation does with an understood message: the intent that the rules see."""

import re
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from italian.contacts import find_contact
from italian.form_turns import Turn, answers, is_correction
from italian.forms import START, Form, read_forms
from italian.normalise import normalise
from italian.tokens import words

Parse = dict[str, Any]

OFFER = "incerto"
DECLINE = "non_capito"
STILL_UNSURE = "ancora_incerto"
FILL = "compila"
ANOTHER_FORM = "altro_modulo"
DIALOGUE_INTENTS = (OFFER, DECLINE, STILL_UNSURE, FILL, ANOTHER_FORM)

UNSURE_ACTIONS = frozenset({"utter_scelta", "utter_non_capito"})
ALWAYS_HEARD = frozenset(
    {"emergenza", "crisi_psicologica", "annulla", "parla_con_operatore", "aiuto"}
)
# What the bot asked last, and the topic that a short unclear answer then belongs to
ASKING = ("", ".piu_di_uno", ".nessuno", ".nessuno_di_esempio")
# What may be named in reply: then the topic stands even where the name alone means another
NAMED = {
    "contatti_reparto": {"reparto"},
    "orari_visita": {"reparto"},
    "preparazione_esame": {"esame"},
    "cercare_medico": {"medico"},
    "orari_sportelli": set[str](),
}
# What the bot asks about a citizen's own request; see actions/request_changes.py
DETAIL, WITHDRAWAL = "stato_segnalazione.dettaglio", "stato_segnalazione.ritiro_conferma"
YES_OR_NO = {"conferma": FILL, "negazione": "annulla"}
ASKED = {topic + end: topic for topic in NAMED for end in ASKING}
LITTLE = frozenset({"a", "al", "alla", "del", "della", "di", "in", "la", "per", "un", "una"})
# "ma sono suo figlio": what is refused for safety is refused again, not offered with other topics
REFUSED = frozenset({"notizie_paziente", "consiglio_medico"})
# The way out of a form must not hang on a probability
OUTRIGHT = {
    **dict.fromkeys(("annulla", "annullare", "stop", "esci"), "annulla"),
    **dict.fromkeys(("operatore", "persona", "una persona"), "parla_con_operatore"),
    "aiuto": "aiuto",
}
MORE = re.compile(
    r"(?:(?:mi|ne|me ne|puoi|può|potrebbe|vorrei|voglio|posso|per favore) )*"
    r"(?:(?:dimmi|dica|dire|dirmi|parlami|sapere|saperne|avere|spiega(?:mi|rmi)?|spieghi) )?"
    r"(?:(?:qualcosa )?(?:di|in) più|meglio|(?:più|altri|altre) (?:dettagli|informazioni|info))"
    r"(?: per favore| grazie)?[ ?.!]*"
)
LONGEST_ANSWER = 6
LONGEST_FRAGMENT = 3  # words
QUESTION = re.compile(
    r"\?|^(?:scusi |scusa |ma |e |intanto |prima )*(?:come|dove|dov'|quando|quanto|quant'|quale"
    r"|qual|chi|posso|si può|potrei|avete|c'è|mi dice|mi dite|vorrei sapere|mi serve sapere)\b"
)
LONGEST_QUESTION = 18
ROME = ZoneInfo("Europe/Rome")


def decide(parse: Parse, tracker: DialogueStateTracker | None) -> str:
    """The dialogue intent; the classifier's own intent and ranking stay as they are."""
    open_form = form_of(tracker)
    if is_payload(parse):
        return _pressed(parse, open_form)
    if (command := OUTRIGHT.get(normalise(parse["text"]).strip(" .!"))) is not None:
        return command
    if tracker is not None and open_form:
        return _one_at_a_time(_inside_form(parse, tracker, open_form), open_form)
    if tracker is not None and (meant := _follows(parse, tracker)):
        return meant
    topic = asked_topic(parse)
    if parse["verdict"] == "answer":
        return topic
    return _outside(parse, tracker) or _unsure(parse, tracker)


def _follows(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """What the text means because of what the bot said last."""
    return (
        _about_request(parse, tracker)
        or _named_in_reply(parse, tracker)
        or _about_the_last_answer(parse, tracker)
    )


def wants_more(text: str) -> bool:
    """Whether the text asks for more of what was just said, and for nothing else."""
    return MORE.fullmatch(normalise(text)) is not None


def said_first(parse: Parse, intent: str) -> list[str]:
    """Of two questions in one message, those answered by a fixed sentence before `intent`."""
    if intent not in parse.get("topics", ()):
        return []
    return [topic for topic in parse.get("said_first", ()) if topic != intent]


def asked_topic(parse: Parse) -> str:
    """Of two questions the one that is acted on; else the classifier's first."""
    return parse["topics"][-1] if parse.get("topics") else parse["intent"]["name"]


def is_payload(parse: Parse) -> bool:
    """A pressed button is certain; a text never is (its confidence stays below one)."""
    return "verdict" not in parse or parse["intent"]["confidence"] >= 1.0


def form_of(tracker: DialogueStateTracker | None) -> Form | None:
    name = tracker.active_loop_name if tracker is not None else None
    return next((form for form in read_forms().values() if form.loop == name), None)


def _pressed(parse: Parse, open_form: Form | None) -> str:
    """The topic of the button; the one that begins a form sends `topic:compila`."""
    topic: str = parse["intent"]["name"]
    form = read_forms().get(topic)
    values = [each["value"] for each in parse.get("entities", ())]
    if form and form.start and form is not open_form and START in values:
        topic = form.begin
    return _one_at_a_time(topic, open_form)


def _about_the_last_answer(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """More of it; a yes to its form, or the words on the form's button where there are none."""
    if wants_more(parse["text"]):
        return _last_answered(tracker)
    form = read_forms().get(_last_said(tracker))
    if form is None or form.start is None:
        return None
    said = normalise(parse["text"]).strip(" .!")
    agreed = asked_topic(parse) == "conferma" and parse["verdict"] == "answer"
    agreed = agreed or said in (START, normalise(form.start))
    return form.begin if agreed else None


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
    said = _last_said(tracker) if tracker is not None else ""
    return said if said in REFUSED else "fuori_ambito"


def _unsure(parse: Parse, tracker: DialogueStateTracker | None) -> str:
    if any(each["entity"] == "pratica" for each in parse.get("found", ())):
        return "stato_segnalazione"
    if tracker is not None and (topic := _asked_about(tracker, parse["text"])):
        return topic
    if tracker is not None and (refused := _insists(parse, tracker)):
        return refused
    if tracker is not None and _was_unsure(tracker):
        return STILL_UNSURE
    return OFFER if parse["verdict"] == "offer" else DECLINE


def _inside_form(parse: Parse, tracker: DialogueStateTracker, form: Form) -> str:
    topic, sure = asked_topic(parse), parse["verdict"] == "answer"
    if sure and topic in ALWAYS_HEARD:
        return topic
    asked = form.question(tracker.get_slot("requested_slot"))
    given = frozenset(name for name in form.fields if tracker.get_slot(form.slot(name)))
    turn = Turn(FILL, None, parse["text"], asked, given)
    if _answers(form, turn):
        return FILL
    if asked in form.fields and form.fields[asked].is_free:
        return topic if sure and parse.get("very_sure") and _asks(parse["text"]) else FILL
    return topic if sure else FILL


def _about_request(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """A detail is free text, like a field of a form; a yes withdraws only what was asked about."""
    topic, asked = asked_topic(parse), _last_said(tracker)
    if asked == WITHDRAWAL:
        return YES_OR_NO.get(topic) if parse["verdict"] == "answer" else None
    if asked != DETAIL:
        return None
    is_question = parse.get("very_sure") and _asks(parse["text"])
    heard = parse["verdict"] == "answer" and (topic in ALWAYS_HEARD or is_question)
    return topic if heard else FILL


def _answers(form: Form, turn: Turn) -> bool:
    """Whether a text answers the question that is open, or takes back an earlier answer."""
    today = datetime.now(timezone.utc).astimezone(ROME).date()
    if is_correction(form, turn, today=today):
        return True
    question = form.fields.get(turn.asked or "")
    if question and question.kind == "contact":
        return find_contact(turn.text) is not None
    if (question and question.is_free) or _asks(turn.text):
        return False
    readings = answers(form, turn, today=today).values()
    return any(reading.value or reading.fault for reading in readings)


def _asks(text: str) -> bool:
    plain = normalise(text)
    return len(plain.split()) <= LONGEST_QUESTION and QUESTION.search(plain) is not None


def _asked_about(tracker: DialogueStateTracker, text: str) -> str | None:
    """The topic of the bot's own question, when the text is as short as an answer to it."""
    return ASKED.get(_last_said(tracker)) if len(text.split()) <= LONGEST_ANSWER else None


def _last_said(tracker: DialogueStateTracker) -> str:
    """The key of what the bot said last, since the citizen's message before this one."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered) and (said := (event.data or {}).get("custom")):
            return str(said.get("say"))
    return ""


def _last_answered(tracker: DialogueStateTracker) -> str | None:
    """The topic that the bot's last turn answered."""
    said: set[str] = set()
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return event.intent_name if event.intent_name in said else None
        if isinstance(event, BotUttered) and (custom := (event.data or {}).get("custom")):
            said.add(custom.get("say"))
    return None


def _insists(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """The refusal that was just given, when the text may still ask for what is refused."""
    refused = _last_said(tracker)
    still = REFUSED.intersection(parse.get("choices", ()))
    return refused if refused in REFUSED and still else None


def _named_in_reply(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """The topic of the bot's own question, when the text only names what it asked for."""
    if (topic := _asked_about(tracker, parse["text"])) is None:
        return None
    found = parse.get("found", ())
    if NAMED[topic].isdisjoint(each["entity"] for each in found):
        return None
    named = {word for each in found for word in words(normalise(each["text"]))}
    only = all(word in named | LITTLE for word in words(normalise(parse["text"])))
    return topic if only else None


def _was_unsure(tracker: DialogueStateTracker) -> bool:
    """Whether the bot's last turn was already an offer or "I did not understand"."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, ActionExecuted) and event.action_name in UNSURE_ACTIONS:
            return True
    return False
