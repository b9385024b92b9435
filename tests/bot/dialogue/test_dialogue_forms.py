"""Every form: filled, corrected, cancelled, interrupted, handed over, restarted in the middle."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bot.processor import UnknownPayload
from italian.forms import read_forms
from tests.bot.dialogue.conftest import Talk

FORMS = read_forms()
YESTERDAY = f"{datetime.now(ZoneInfo('Europe/Rome')) - timedelta(days=1):%d/%m/%Y}"
# How a citizen begins; then what answers each question, and what is kept of it
BEGINS = {
    "reclamo": ["voglio fare un reclamo"],
    "elogio": ["vorrei fare un elogio al personale"],
    "suggerimento": ["ho un suggerimento da darvi"],
    "oggetti_smarriti": ["oggetti smarriti"],
    "rimborso_ticket": ["come chiedo il rimborso del ticket?", ":rimborso_ticket:compila"],
    "cartella_clinica": ["come chiedo la cartella clinica?", ":cartella_clinica:compila"],
}
ANSWERS = {
    "reclamo": {
        "cosa": (
            "Ho aspettato quattro ore senza notizie",
            "Ho aspettato quattro ore senza notizie",
        ),
        "dove": ("in ortopedia", "Ortopedia e Traumatologia"),
        "quando": ("ieri", YESTERDAY),
        "contatto": ("347 1234567", "3471234567"),
    },
    "elogio": {
        "destinatario": ("alla dottoressa Bianchi di cardiologia",) * 2,
        "messaggio": ("Ci avete seguito con tanta umanità",) * 2,
        "contatto": (":elogio:senza", "non lasciato"),
    },
    "suggerimento": {
        "proposta": ("Mettete più sedie nelle sale d'attesa",) * 2,
        "dove": (":suggerimento:generale", "in generale"),
        "contatto": ("maria.rossi@posta.it", "maria.rossi@posta.it"),
    },
    "oggetti_smarriti": {
        "tipo": ("l'ho perso", "perso"),
        "oggetto": ("un ombrello blu con il manico di legno",) * 2,
        "dove": ("in cardiologia", "Cardiologia"),
        "quando": ("ieri", YESTERDAY),
        "contatto": (":oggetti_smarriti:chat", "in questa chat"),
    },
    "rimborso_ticket": {
        "prestazione": ("una visita oculistica",) * 2,
        "quando": (":rimborso_ticket:non_ricordo", "non ricordo"),
        "pagamento": ("al totem", "al totem"),
        "motivo": ("la visita è stata annullata dall'ospedale",) * 2,
        "contatto": ("347 1234567", "3471234567"),
    },
    "cartella_clinica": {
        "reparto": ("cardiologia", "Cardiologia"),
        "periodo": ("dal 3 al 10 marzo 2025", "dal 3 al 10 marzo 2025"),
        "per_chi": (":cartella_clinica:erede", "come erede"),
        "ritiro": ("per posta", "per posta"),
        "contatto": ("347 1234567", "3471234567"),
    },
}
KINDS = {
    "reclamo": "reclamo",
    "elogio": "elogio",
    "suggerimento": "suggerimento",
    "oggetti_smarriti": "oggetti",
    "rimborso_ticket": "rimborso",
    "cartella_clinica": "cartella",
}
QUESTIONS = [(topic, name) for topic, form in FORMS.items() for name in form.questions]
each_form = pytest.mark.parametrize("topic", FORMS)
each_question = pytest.mark.parametrize(("topic", "at"), QUESTIONS)
later = pytest.mark.parametrize(
    ("topic", "at"), [(topic, at) for topic, at in QUESTIONS if at != next(iter(ANSWERS[topic]))]
)


def script(topic: str) -> list[str]:
    return [*BEGINS[topic], *(said for said, _ in ANSWERS[topic].values()), ":conferma"]


def does(talk: Talk, step: str) -> list[str]:
    """A step with a colon before it is a pressed button."""
    return talk.presses(step[1:]) if step.startswith(":") else talk.says(step)


def filled(talk: Talk, topic: str, *, until: str) -> None:
    for step in script(topic):
        if talk.asked == until:
            return
        does(talk, step)
    raise AssertionError(f"{topic} never asks {until}")


def asks(topic: str, question: str) -> str:
    return f"{topic}.riepilogo" if question == "conferma" else f"{topic}.{question}"


def kept(topic: str) -> dict[str, str]:
    return {name: value for name, (_, value) in ANSWERS[topic].items()}


@each_form
def test_a_form_is_filled_confirmed_and_sent_with_all_fields(talk, topic):
    said = [does(talk, step)[-1] for step in script(topic)]
    first = [topic] if FORMS[topic].start else []
    questions = [asks(topic, name) for name in FORMS[topic].questions]
    assert said == [*first, *questions, f"{topic}.inviato"]
    assert talk.ticket == {
        "kind": KINDS[topic],
        "reason": "modulo",
        "topic": topic,
        "fields": kept(topic),
    }
    assert (talk.form, talk.told) == (None, {})


@each_form
def test_the_summary_tells_every_answer_and_offers_to_correct_it(talk, topic):
    filled(talk, topic, until="conferma")
    values = dict(talk.values)
    payloads = [button["payload"] for button in values.pop("buttons")]
    assert payloads == ["conferma", f"{topic}:correggi", "annulla"]
    assert values == kept(topic)


@each_question
def test_a_form_is_cancelled_at_any_question(talk, topic, at):
    filled(talk, topic, until=at)
    assert talk.says("annulla") == [f"{topic}.annullato"]
    assert (talk.form, talk.told) == (None, {})


@each_question
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("voglio parlare con una persona", "persona"),
        ("mi fa male il petto e non respiro", "emergenza"),
    ],
)
def test_a_person_or_an_emergency_ends_a_form_with_what_was_told(talk, topic, at, text, kind):
    filled(talk, topic, until=at)
    told = talk.told
    assert talk.says(text) == [f"{topic}.interrotto" if kind == "persona" else "emergenza"]
    ticket = talk.ticket
    assert (ticket["kind"], ticket["topic"], ticket["fields"]) == (kind, topic, told)
    assert (talk.form, talk.told) == (None, {})


@each_question
def test_a_question_is_answered_and_the_form_asks_again(talk, topic, at):
    filled(talk, topic, until=at)
    told = talk.told
    assert talk.says("dove posso parcheggiare?") == ["parcheggio", asks(topic, at)]
    assert (talk.form, talk.told) == (f"{topic}_form", told)


@each_question
def test_help_is_given_and_the_form_asks_again(talk, topic, at):
    filled(talk, topic, until=at)
    assert talk.says("aiuto") == ["aiuto", asks(topic, at)]


@pytest.mark.parametrize(
    ("topic", "at", "text"),
    [
        ("reclamo", "cosa", "ho aspettato tre ore in pronto soccorso"),
        ("elogio", "messaggio", "al pronto soccorso siete stati gentili e veloci"),
        ("suggerimento", "proposta", "il parcheggio dovrebbe costare meno"),
        ("oggetti_smarriti", "oggetto", "la tessera sanitaria e il referto degli esami"),
        ("rimborso_ticket", "motivo", "avevo l'esenzione ma ho pagato il ticket lo stesso"),
    ],
)
def test_a_storys_topics_are_the_answer_and_no_question(talk, topic, at, text):
    filled(talk, topic, until=at)
    talk.says(text)
    assert talk.told[at] == text


def test_a_button_pressed_too_late_brings_the_question_again(talk):
    filled(talk, "rimborso_ticket", until="pagamento")
    told = talk.told
    assert talk.presses("rimborso_ticket:non_ricordo")[-1] == "rimborso_ticket.pagamento"
    assert talk.presses("rimborso_ticket:compila")[-1] == "rimborso_ticket.pagamento"
    assert talk.told == told


def test_an_intent_of_the_dialogue_is_no_button(talk):
    with pytest.raises(UnknownPayload):
        talk.presses("compila_rimborso_ticket")


@pytest.mark.parametrize(
    ("topic", "at", "text", "key"),
    [
        ("oggetti_smarriti", "tipo", "boh, non saprei", "oggetti_smarriti.tipo_non_valido"),
        ("oggetti_smarriti", "oggetto", "😀😀", "modulo.senza_parole"),
        ("oggetti_smarriti", "dove", "?!", "modulo.senza_parole"),
        ("rimborso_ticket", "quando", "il 31 febbraio", "modulo.giorno_impossibile"),
        ("rimborso_ticket", "quando", "il 3 dicembre 2099", "modulo.giorno_futuro"),
        ("cartella_clinica", "periodo", "nel 2099", "modulo.giorno_futuro"),
        ("cartella_clinica", "periodo", "zzz", "cartella_clinica.periodo_non_valido"),
        ("suggerimento", "contatto", "347 12A4567", "suggerimento.contatto_non_valido"),
    ],
)
def test_what_cannot_be_taken_is_said_kindly_and_asked_again(talk, topic, at, text, key):
    filled(talk, topic, until=at)
    told = talk.told
    assert talk.says(text) == [key, asks(topic, at)]
    assert talk.told == told


@pytest.mark.parametrize(
    ("topic", "at", "text", "field", "value"),
    [
        (
            "oggetti_smarriti",
            "contatto",
            "no, il giorno era il 3 marzo 2026",
            "quando",
            "03/03/2026",
        ),
        ("oggetti_smarriti", "quando", "mi correggo, l'ho trovato", "tipo", "trovato"),
        ("oggetti_smarriti", "conferma", "no, l'ho trovato", "tipo", "trovato"),
        (
            "rimborso_ticket",
            "contatto",
            "no, la visita era una radiografia",
            "prestazione",
            "una radiografia",
        ),
        (
            "rimborso_ticket",
            "motivo",
            "ho sbagliato, era allo sportello",
            "pagamento",
            "allo sportello",
        ),
        (
            "cartella_clinica",
            "ritiro",
            "no scusi, il reparto era ortopedia",
            "reparto",
            "Ortopedia e Traumatologia",
        ),
        ("cartella_clinica", "contatto", "no scusi, via pec", "ritiro", "per PEC o e-mail"),
        (
            "suggerimento",
            "conferma",
            "ho sbagliato numero, è 333 7654321",
            "contatto",
            "3337654321",
        ),
    ],
)
def test_an_earlier_answer_is_taken_back_and_the_form_goes_on(talk, topic, at, text, field, value):
    filled(talk, topic, until=at)
    told = talk.told
    assert talk.says(text) == [f"{topic}.corretto", asks(topic, at)]
    assert talk.told == told | {field: value}


@pytest.mark.parametrize(("topic", "name"), [pair for pair in QUESTIONS if pair[1] != "conferma"])
def test_every_answer_is_corrected_by_button(talk, topic, name):
    filled(talk, topic, until="conferma")
    assert talk.presses(f"{topic}:correggi") == [f"{topic}.conferma_non_capita"]
    offered = [button["payload"] for button in talk.values["buttons"]]
    assert offered == [f"{topic}:{field}" for field in FORMS[topic].fields]
    assert talk.presses(f"{topic}:{name}") == [f"{topic}.{name}"]
    answer, value = ANSWERS[topic][name]
    assert does(talk, answer) == [f"{topic}.riepilogo"]
    assert talk.values[name] == value


@pytest.mark.parametrize("topic", [topic for topic, form in FORMS.items() if form.start])
def test_a_form_that_follows_an_answer_begins_by_the_words_on_its_button(talk, topic):
    assert talk.says(BEGINS[topic][0]) == [topic]
    assert talk.form is None
    assert talk.says("Compila la richiesta") == [asks(topic, next(iter(ANSWERS[topic])))]


@pytest.mark.parametrize("topic", [topic for topic, form in FORMS.items() if form.start])
def test_its_own_question_inside_a_form_is_answered(talk, topic):
    filled(talk, topic, until="contatto")
    assert talk.says(BEGINS[topic][0]) == [topic, asks(topic, "contatto")]


@later
def test_another_form_waits_for_the_end_of_this_one(talk, topic, at):
    filled(talk, topic, until=at)
    told = talk.told
    other = next(each for each in ("reclamo", "elogio") if each != topic)
    assert talk.presses(other) == ["modulo.uno_alla_volta", asks(topic, at)]
    assert talk.presses("rimborso_ticket:compila")[-1] == asks(topic, at)
    assert (talk.form, talk.told) == (f"{topic}_form", told)


def test_the_first_message_tells_whether_it_was_lost_or_found(talk):
    assert talk.says("ho perso il portafoglio")[-1] == "oggetti_smarriti.oggetto"
    assert talk.told == {"tipo": "perso"}


def test_a_long_first_message_is_not_asked_for_again(talk):
    told = (
        "vorrei ringraziare di cuore tutto il personale del reparto di cardiologia per"
        " l'umanità con cui ha assistito mia madre"
    )
    assert talk.says(told) == ["elogio", "elogio.destinatario"]
    assert talk.told == {"messaggio": told}


@each_form
def test_after_a_month_a_form_goes_on_where_it_stood(talk, topic):
    filled(talk, topic, until="contatto")
    talk.wait_a_month()
    assert does(talk, ANSWERS[topic]["contatto"][0]) == [f"{topic}.riepilogo"]
    assert {name: talk.values[name] for name in kept(topic)} == kept(topic)


@each_form
def test_a_form_restarted_between_any_two_turns_ends_the_same(processor, restarted, loop, topic):
    steps = script(topic)
    whole = [turn_by_turn(loop, steps, [processor] * len(steps))]
    for cut in range(1, len(steps)):
        bots = [processor] * cut + [restarted] * (len(steps) - cut)
        whole.append(turn_by_turn(loop, steps, bots))
    in_turns = [(processor, restarted)[number % 2] for number in range(len(steps))]
    whole.append(turn_by_turn(loop, steps, in_turns))
    assert all(each == whole[0] for each in whole)
    assert whole[0][-1]["ticket"]["fields"] == kept(topic)


def turn_by_turn(loop, steps, bots):
    """Everything that was answered, by one bot or the other."""
    sender, answers = f"guest-{uuid4()}", []
    for step, bot in zip(steps, bots, strict=True):
        talk = Talk(bot, loop.run_until_complete, sender)
        does(talk, step)
        answers.append(talk.answer)
    return answers
