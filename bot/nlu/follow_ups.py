"""What a text means because of what the bot said last."""

import re

from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.in_form import ALWAYS_HEARD, FILL, asks
from bot.nlu.last_said import last_answered, last_said
from bot.nlu.parse import Parse, asked_topic
from italian.forms import START, read_forms
from italian.normalise import normalise
from italian.tokens import words

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
MORE = re.compile(
    r"(?:(?:mi|ne|me ne|puoi|può|potrebbe|vorrei|voglio|posso|per favore) )*"
    r"(?:(?:dimmi|dica|dire|dirmi|parlami|sapere|saperne|avere|spiega(?:mi|rmi)?|spieghi) )?"
    r"(?:(?:qualcosa )?(?:di|in) più|meglio|(?:più|altri|altre) (?:dettagli|informazioni|info))"
    r"(?: per favore| grazie)?[ ?.!]*"
)
LONGEST_ANSWER = 6


def follows(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """What the text means because of what the bot said last."""
    return (
        _about_request(parse, tracker)
        or _named_in_reply(parse, tracker)
        or _about_the_last_answer(parse, tracker)
    )


def wants_more(text: str) -> bool:
    """Whether the text asks for more of what was just said, and for nothing else."""
    return MORE.fullmatch(normalise(text)) is not None


def asked_about(tracker: DialogueStateTracker, text: str) -> str | None:
    """The topic of the bot's own question, when the text is as short as an answer to it."""
    return ASKED.get(last_said(tracker)) if len(text.split()) <= LONGEST_ANSWER else None


def insists(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """The refusal that was just given, when the text may still ask for what is refused."""
    refused = last_said(tracker)
    still = REFUSED.intersection(parse.get("choices", ()))
    return refused if refused in REFUSED and still else None


def _about_request(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """A detail is free text, like a field of a form; a yes withdraws only what was asked about."""
    topic, asked = asked_topic(parse), last_said(tracker)
    if asked == WITHDRAWAL:
        return YES_OR_NO.get(topic) if parse["verdict"] == "answer" else None
    if asked != DETAIL:
        return None
    is_question = parse.get("very_sure") and asks(parse["text"])
    heard = parse["verdict"] == "answer" and (topic in ALWAYS_HEARD or is_question)
    return topic if heard else FILL


def _named_in_reply(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """The topic of the bot's own question, when the text only names what it asked for."""
    if (topic := asked_about(tracker, parse["text"])) is None:
        return None
    found = parse.get("found", ())
    if NAMED[topic].isdisjoint(each["entity"] for each in found):
        return None
    named = {word for each in found for word in words(normalise(each["text"]))}
    only = all(word in named | LITTLE for word in words(normalise(parse["text"])))
    return topic if only else None


def _about_the_last_answer(parse: Parse, tracker: DialogueStateTracker) -> str | None:
    """More of it; a yes to its form, or the words on the form's button where there are none."""
    if wants_more(parse["text"]):
        return last_answered(tracker)
    form = read_forms().get(last_said(tracker))
    if form is None or form.start is None:
        return None
    said = normalise(parse["text"]).strip(" .!")
    agreed = asked_topic(parse) == "conferma" and parse["verdict"] == "answer"
    agreed = agreed or said in (START, normalise(form.start))
    return form.begin if agreed else None
