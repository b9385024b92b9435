from datetime import date

import pytest

from italian.fields import Reading, read_answer
from italian.form_turns import Turn, answers
from italian.forms import read_forms

TODAY = date(2026, 11, 25)
TIPO = frozenset({"tipo"})
FORMS = read_forms()
COMPLAINT = FORMS["reclamo"]


@pytest.fixture
def form(citizen):
    return citizen


async def answer(form, *, asked, topic="reclamo", intent="compila", **turn):
    form.slots["requested_slot"] = f"{topic}_{asked}"
    return await form.calls(f"validate_{topic}_form", intent=intent, **turn)


async def test_each_question_takes_its_answer(form):
    await answer(form, asked="cosa", text="Mi hanno fatto aspettare")
    await answer(form, asked="dove", text="al reparto di ortopedia")
    await answer(form, asked="quando", text="il 3/11/2025")
    await answer(form, asked="contatto", text="Maria.Rossi@posta.it")
    await answer(form, asked="conferma", intent="conferma")
    assert {k: v for k, v in form.slots.items() if k != "requested_slot"} == {
        "reclamo_cosa": "Mi hanno fatto aspettare",
        "reclamo_dove": "Ortopedia e Traumatologia",
        "reclamo_quando": "03/11/2025",
        "reclamo_contatto": "maria.rossi@posta.it",
        "reclamo_conferma": "confermato",
    }


@pytest.mark.parametrize("intent", ["parcheggio", "parla_con_operatore", "emergenza", "annulla"])
@pytest.mark.parametrize("asked", ["cosa", "dove", "quando", "contatto", "conferma"])
async def test_a_message_with_another_aim_fills_nothing(form, intent, asked):
    assert await answer(form, asked=asked, intent=intent, text="ieri 347 1234567") == []
    assert set(form.slots) == {"requested_slot"}


async def test_what_cannot_be_read_is_said_and_asked_again(form):
    assert await answer(form, asked="quando", text="bla") == ["reclamo.quando_non_valido"]
    assert await answer(form, asked="contatto", text="12") == ["reclamo.contatto_non_valido"]
    assert form.slots["reclamo_quando"] is None
    assert form.slots["reclamo_contatto"] is None


async def test_a_correction_changes_its_field_only(form):
    form.slots |= {"reclamo_dove": "Cardiologia", "reclamo_cosa": "Attesa"}
    said = await answer(form, asked="contatto", text="no, il reparto era ortopedia")
    assert said == ["reclamo.corretto"]
    assert form.slots["reclamo_dove"] == "Ortopedia e Traumatologia"
    assert form.slots["reclamo_cosa"] == "Attesa"


async def test_the_place_stays_in_the_citizens_words_when_the_directory_is_away(form, internal):
    internal.broken = True
    await answer(form, asked="dove", text="in ortopedia")
    assert form.slots["reclamo_dove"] == "in ortopedia"


async def test_leaving_the_form_carries_the_ticket_of_the_topic_and_what_was_told(citizen):
    ticket = {"kind": "emergenza", "reason": "sicurezza", "topic": None}
    citizen.domain = {"responses": {"utter_emergenza": [{"custom": {"ticket": ticket}}]}}
    citizen.slots = {"reclamo_cosa": "Attesa", "reclamo_dove": None}
    assert await citizen.calls("action_lascia_reclamo", intent="emergenza") == ["emergenza"]
    told = {"topic": "reclamo", "fields": {"cosa": "Attesa"}}
    assert citizen.replies[0]["ticket"] == {**ticket, **told}
    assert citizen.slots["reclamo_cosa"] is None


def read(field, text, *, topic="reclamo"):
    return read_answer(FORMS[topic].fields[field], text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("347 1234567", "3471234567"),
        ("nessuno", "in questa chat"),
        ("preferisco di no", "in questa chat"),
        ("rispondetemi qui in chat", "in questa chat"),
        ("boh", None),
        ("347 12A4567", None),
    ],
)
def test_a_contact_or_the_wish_to_give_none(text, given):
    assert read("contatto", text).value == given


@pytest.mark.parametrize(
    ("text", "given"),
    [("ieri", "24/11/2026"), ("non ricordo", "non ricordo"), ("boh", "non ricordo")],
)
def test_a_day_or_not_remembering_it(text, given):
    assert read("quando", text).value == given


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("il 31 febbraio", "giorno_impossibile"),
        ("31/02/2026", "giorno_impossibile"),
        ("domani", "giorno_futuro"),
        ("il 3 dicembre 2030", "giorno_futuro"),
        ("bla", None),
    ],
)
def test_a_day_that_cannot_be_taken_is_told_by_its_reason(text, fault):
    assert read("quando", text) == Reading(fault=fault)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("il 3 marzo 2025", "03/03/2025"),
        ("dal 3 al 10 marzo 2025", "dal 3 al 10 marzo 2025"),
        ("marzo 2025", "marzo 2025"),
        ("a settembre", "a settembre"),
        ("nel 2019", "nel 2019"),
        ("due settimane fa", "11/11/2026"),
        ("non ricordo", "non ricordo"),
        ("mah", None),
    ],
)
def test_a_period_is_a_day_or_stays_in_the_citizens_words(text, given):
    assert read("periodo", text, topic="cartella_clinica").value == given


@pytest.mark.parametrize("text", ["domani", "nel 2031", "dicembre 2026", "il 3 marzo 2030"])
def test_a_period_to_come_is_not_taken(text):
    assert read("periodo", text, topic="cartella_clinica") == Reading(fault="giorno_futuro")


@pytest.mark.parametrize(
    ("topic", "field", "text", "given"),
    [
        ("oggetti_smarriti", "tipo", "l'ho perso", "perso"),
        ("oggetti_smarriti", "tipo", "HO TROVATO UNE CHIAVI", "trovato"),
        ("oggetti_smarriti", "tipo", "non l'ho perso, l'ho trovato", None),
        ("oggetti_smarriti", "tipo", "boh", None),
        ("rimborso_ticket", "pagamento", "con pago pa dal telefono", "con PagoPA"),
        ("rimborso_ticket", "pagamento", "in contanti allo sportello", "allo sportello"),
        ("cartella_clinica", "per_chi", "per mia madre", "per un familiare, con delega"),
        ("cartella_clinica", "per_chi", "sono io", "per sé"),
        ("cartella_clinica", "ritiro", "per posta elettronica", "per PEC o e-mail"),
        ("cartella_clinica", "ritiro", "per posta", "per posta"),
        ("suggerimento", "dove", "In generale.", "in generale"),
        ("elogio", "contatto", "no grazie", "non lasciato"),
    ],
)
def test_a_choice_is_read_from_words_when_they_mean_one(topic, field, text, given):
    assert read(field, text, topic=topic).value == given


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("  ", None),
        ("😀", None),
        ("[codice fiscale]", None),
        (" Attesa ", "Attesa"),
    ],
)
@pytest.mark.parametrize("field", ["cosa", "dove"])
def test_free_text_needs_words(field, text, given):
    fault = None if given else "senza_parole"
    assert read(field, text) == Reading(given, fault)


@pytest.mark.parametrize(
    ("turn", "given"),
    [
        (Turn("reclamo", None, "voglio fare un reclamo", None), {}),
        (Turn("reclamo", None, "", "dove"), {"dove": None}),
        (Turn("reclamo", "dove", "", "conferma"), {"dove": None}),
        (Turn("reclamo", "correggi", "", "conferma"), {"conferma": None}),
        (Turn("reclamo", "non_ricordo", "", "quando"), {"quando": "non ricordo"}),
        (Turn("reclamo", "chat", "", "dove"), {"dove": None}),
        (Turn("compila", None, "confermo tutto", "conferma"), {"conferma": "confermato"}),
        (Turn("compila", None, "347 1234567", "conferma"), {"contatto": "3471234567"}),
        (Turn("compila", None, "mah", "conferma"), {"conferma": None}),
        (Turn("negazione", None, "no grazie", "contatto"), {"contatto": "in questa chat"}),
        (
            Turn("reclamo", None, "come si fa un reclamo e quanto ci mettete a rispondere?", None),
            {},
        ),
    ],
)
def test_a_turn_gives_these_fields(turn, given):
    found = answers(COMPLAINT, turn, today=TODAY)
    assert {name: reading.value for name, reading in found.items()} == given


@pytest.mark.parametrize(
    ("topic", "turn", "given"),
    [
        ("oggetti_smarriti", Turn("oggetti_smarriti", None, "ho perso le chiavi", None), "perso"),
        ("oggetti_smarriti", Turn("oggetti_smarriti", None, "oggetti smarriti", None), None),
        (
            "oggetti_smarriti",
            Turn("compila", None, "anzi l'ho trovato", "contatto", TIPO),
            "trovato",
        ),
        ("oggetti_smarriti", Turn("compila", None, "era qui, trovato io", "dove", TIPO), None),
        ("oggetti_smarriti", Turn("compila", None, "l'ho trovato", "conferma", TIPO), "trovato"),
    ],
)
def test_a_choice_is_heard_at_the_beginning_and_taken_back_later(topic, turn, given):
    found = answers(FORMS[topic], turn, today=TODAY)
    assert found.get("tipo", Reading()).value == given


@pytest.mark.parametrize("text", ["il reparto era sporco", "il giorno era lunedì e pioveva"])
def test_a_storys_words_take_nothing_back(text):
    turn = Turn("compila", None, text, "cosa", frozenset({"dove", "quando"}))
    assert list(answers(COMPLAINT, turn, today=TODAY)) == ["cosa"]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("no, la visita era una TAC", {"prestazione": "una tac"}),
        ("mi correggo, ho pagato al totem", {"pagamento": "al totem"}),
        ("la visita è stata annullata", {"motivo": "la visita è stata annullata"}),
        ("no, allo sportello hanno sbagliato", {"motivo": "no, allo sportello hanno sbagliato"}),
    ],
)
def test_in_free_text_a_correction_says_that_it_is_one(text, given):
    before = frozenset({"prestazione", "quando", "pagamento"})
    turn = Turn("compila", None, text, "motivo", before)
    found = answers(FORMS["rimborso_ticket"], turn, today=TODAY)
    assert {name: reading.value for name, reading in found.items()} == given


@pytest.mark.parametrize("asked", ["cosa", "dove", "quando", "contatto"])
async def test_a_code_that_the_gateway_hid_is_no_answer(form, asked):
    said = await answer(form, asked=asked, text="[codice fiscale] [conto]")
    assert len(said) == 1
    assert form.slots[f"reclamo_{asked}"] is None


async def test_a_long_place_keeps_the_citizens_words_beside_the_wards_name(form):
    await answer(form, asked="dove", text="nella sala d'attesa grande di cardiologia")
    place = "nella sala d'attesa grande di cardiologia (Cardiologia)"
    assert form.slots["reclamo_dove"] == place


async def test_a_button_for_no_place_is_not_looked_up(form, internal):
    internal.broken = True
    turn = {"intent": "suggerimento", "value": "generale"}
    await answer(form, asked="dove", topic="suggerimento", **turn)
    assert form.slots["suggerimento_dove"] == "in generale"


@pytest.mark.parametrize("topic", FORMS)
async def test_every_form_sends_its_ticket_and_empties_itself(form, topic):
    described = FORMS[topic]
    fields = {name: f"value of {name}" for name in described.fields}
    form.slots = {described.slot(name): value for name, value in fields.items()}
    assert await form.calls(f"action_{topic}_inviato") == [f"{topic}.inviato"]
    assert form.replies[0]["ticket"] == {
        "kind": described.ticket,
        "reason": "modulo",
        "topic": topic,
        "fields": fields,
    }
    assert set(form.slots.values()) == {None}
