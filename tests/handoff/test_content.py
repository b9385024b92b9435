"""The approved content is complete, consistent with itself, and safe where it must be."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff.channel import Button
from handoff.knowledge import Knowledge
from handoff.panel.deadlines import TERMS
from handoff.settings import ROOT
from italian.fields import IMPOSSIBLE, IN_THE_FUTURE, NO_WORDS
from italian.forms import read_forms

DATA = ROOT / "data"
KINDS = {"answer", "lookup", "form", "handoff", "command", "safety"}
VALID_DAYS = {"L": 180, "M": 90, "H": 90}
LONGEST_ANSWER = 60  # words
LONGEST_MORE = 180  # words, behind «Dimmi di più»
LONGEST_TITLE = 24  # characters, on a button
MOST_BUTTONS = 3
FEWEST_WARDS = 45
PLACEHOLDER = re.compile(r"\{(\w+)\}")
SAMPLE_PHONE = re.compile(r"070 5550\d{3}")
CONTACTS = {"nome", "sede", "piano", "telefono", "email", "orari"}
VISITS = {"nome", "sede", "visite", "telefono"}
DOCTOR = {"medico", "reparto", "sede", "telefono", "email"}
LOOKUPS = ("contatti_reparto", "orari_visita", "preparazione_esame", "cercare_medico")
NOBODY = ("nessuno", "nessuno_di_esempio")
# What the actions and handoff put into each sentence; an unknown one would be shown in braces
FORMS = read_forms()
FILLED = {
    "orari_sportelli.trovato": {"nome", "risposta", "orari"},
    "orari_sportelli.trovato_di_esempio": {"nome", "risposta", "orari"},
    "contatti_reparto.trovato": CONTACTS,
    "contatti_reparto.trovato_di_esempio": CONTACTS,
    "orari_visita.trovato": VISITS,
    "orari_visita.trovato_di_esempio": VISITS,
    "orari_visita.senza_orari": VISITS - {"visite"},
    "orari_visita.senza_orari_di_esempio": VISITS - {"visite"},
    "preparazione_esame.trovato": {"nome", "preparazione"},
    "preparazione_esame.trovato_di_esempio": {"nome", "preparazione"},
    "cercare_medico.trovato": DOCTOR,
    "cercare_medico.trovato_di_esempio": DOCTOR,
    **{f"{topic}.{name}": {"centralini"} for topic in LOOKUPS for name in NOBODY},
    **{f"{topic}.riepilogo": set(form.fields) for topic, form in FORMS.items()},
    **{f"{topic}.corretto": {"campo", "valore"} for topic in FORMS},
    "stato_segnalazione.trovata": {"pratica", "aperta", "stato"},
    "stato_segnalazione.piu_di_una": {"elenco"},
    "stato_segnalazione.reclamo_in_attesa": {"pratica", "aperta", "avvio", "risposta", "nota"},
    "stato_segnalazione.reclamo_avvio_in_ritardo": {
        *("pratica", "aperta", "avvio", "risposta", "nota"),
    },
    "stato_segnalazione.reclamo_in_esame": {"pratica", "aperta", "risposta", "nota"},
    "stato_segnalazione.reclamo_in_ritardo": {"pratica", "aperta", "risposta", "nota"},
    "stato_segnalazione.reclamo_risposto": {"pratica", "aperta", "risposto", "riesame"},
    "stato_segnalazione.dettaglio": {"pratica"},
    "stato_segnalazione.dettaglio_aggiunto": {"pratica"},
    "stato_segnalazione.dettaglio_dopo": {"pratica"},
    "stato_segnalazione.ritiro_conferma": {"pratica"},
    "stato_segnalazione.ritirata": {"pratica"},
    "stato_segnalazione.ritiro_no": {"pratica"},
    "avviso": {"privacy_url"},
    "avviso_nuovo": {"privacy_url"},
    "avviso_in_corso": {"testo"},
    "avviso_finito": {"testo"},
    "dati_conferma": {"restano"},
    "dati_rispondendo": {"restano"},
    "dati_cancellati": {"restano"},
    "dati_richiesta_aperta": {"pratica"},
    "dati_copia": {"parte", "parti", "dati"},
    "collega_codice": {"chiave", "minuti"},
    "collega_codice.con_link": {"chiave", "minuti", "link"},
    "collega_consenso": {"qui", "altrove"},
    "collega_rispondendo": {"qui", "altrove"},
    "collegato": {"altrove"},
    "collegato_avviso": {"altrove"},
    "scollegato_avviso": {"altrove"},
    "in_coda": {"pratica"},
    "presa_in_carico": {"operatore"},
    "chiusura": {"pratica"},
}
NEW_TICKET = {"pratica", "chiave"}
OF_FORMS = {f"{topic}.{end}" for topic in FORMS for end in ("inviato", "interrotto")}
OPENING = {*OF_FORMS, "ancora_incerto", "bot_assente", "risposta_scaduta"}
NEEDED = [
    *FILLED,
    *sorted(OPENING),
    *(f"{topic}.piu_di_uno" for topic in (*LOOKUPS, "orari_sportelli")),
    *(f"{topic}.{field}" for topic, form in FORMS.items() for field in form.fields),
    *(f"{topic}.{key}" for topic in FORMS for key in ("conferma_non_capita", "annullato")),
    *(
        f"{topic}.{name}_non_valido"
        for topic, form in FORMS.items()
        for name, field in form.fields.items()
        if not field.is_free
    ),
    *(f"modulo.{fault}" for fault in (NO_WORDS, IMPOSSIBLE, IN_THE_FUTURE)),
    "modulo.uno_alla_volta",
    *("stato_segnalazione.nessuna", "stato_segnalazione.chiave_sbagliata"),
    *("dato_dimostrativo", "da_ricontrollare", "testo_cancellato", "codici_nascosti"),
    "un_momento",
    "richiesta_non_cambiata",
    *("canale", "collega_codice_no", "collega_troppi", "collega_no", "collega_gia"),
    *("scollegato", "scollega_niente"),
    *("scelta", "non_capito", "ripresa_bot", "solo_testo", "allegato_ricevuto", "troppi_messaggi"),
    *("testo_troppo_lungo", "sondaggio", "sondaggio_grazie", "sondaggio_commento"),
    "sondaggio_commento_grazie",
]
SAFETY = ("emergenza", "crisi_psicologica")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


FILES = {path.name: read(path) for path in sorted((DATA / "knowledge").glob("*.yml"))}
TOPICS = {topic: entry for file in FILES.values() for topic, entry in file.items()}
PANEL_WORDS = (ROOT / "handoff/panel/static/js/words.js").read_text("utf-8")
SENTENCES = read(DATA / "conversation" / "frasi.yml")
WARDS = read(DATA / "directory" / "wards.yml")
EXAMS = read(DATA / "directory" / "exams.yml")
DOCTORS = read(DATA / "directory" / "doctors.yml")
SITES = read(DATA / "directory" / "sites.yml")


def texts() -> Iterator[tuple[str, str]]:
    for topic, entry in TOPICS.items():
        yield topic, entry["answer"]
        for group in ("variants", "sites"):
            yield from ((f"{topic}.{key}", text) for key, text in entry.get(group, {}).items())
        if "more" in entry:
            yield f"{topic}.di_piu", entry["more"]
    for key, sentence in SENTENCES.items():
        yield key, sentence["text"]
        yield from ((f"{key}.{name}", text) for name, text in sentence.get("variants", {}).items())


each_topic = pytest.mark.parametrize("topic", TOPICS)
each_text = pytest.mark.parametrize(
    ("key", "text"), [pytest.param(*each, id=each[0]) for each in texts()]
)


def test_a_topic_is_described_once() -> None:
    said = Counter(topic for file in FILES.values() for topic in file)
    assert [topic for topic, times in said.items() if times > 1] == []


@each_topic
def test_a_topic_is_complete(topic: str) -> None:
    entry = TOPICS[topic]
    assert entry["kind"] in KINDS
    assert entry["answer"].strip()
    assert entry["source"].strip()
    assert entry["owner"].strip()
    assert entry.get("sample", True) is True


@each_topic
def test_an_answer_is_reviewed_in_time(topic: str) -> None:
    entry = TOPICS[topic]
    assert entry["review"] - entry["verified"] <= timedelta(days=VALID_DAYS[entry["risk"]])


@each_topic
def test_what_is_not_known_is_marked_as_sample_data(topic: str) -> None:
    entry = TOPICS[topic]
    unknown = re.search(r"da confermare|di esempio", f"{entry['answer']} {entry['source']}")
    assert not unknown or entry.get("sample")


@each_topic
def test_buttons_lead_to_topics_that_exist(topic: str) -> None:
    follow_ups = TOPICS[topic].get("next", [])
    assert set(follow_ups) <= TOPICS.keys() - {topic}
    assert len(follow_ups) == len(set(follow_ups)) <= MOST_BUTTONS


def test_titles_fit_on_buttons_and_differ() -> None:
    titles = [entry["title"] for entry in TOPICS.values()]
    assert all(isinstance(title, str) and len(title) <= LONGEST_TITLE for title in titles)
    assert len(set(titles)) == len(titles)


@each_text
def test_a_text_is_short(key: str, text: str) -> None:
    assert len(text.split()) <= (LONGEST_MORE if key.endswith(".di_piu") else LONGEST_ANSWER)


@each_text
def test_a_text_uses_only_what_is_filled_in(key: str, text: str) -> None:
    used = set(PLACEHOLDER.findall(text))
    if key in SAFETY:
        assert used == {"pratica"}  # the key would stand between a person and the 112
    elif key in OPENING or "ticket" in TOPICS.get(key.partition(".")[0], {}):
        assert used - {"pagina"} == NEW_TICKET
    else:
        assert used == FILLED.get(key, set())


@pytest.mark.parametrize("key", NEEDED)
def test_every_sentence_that_code_says_exists(key: str) -> None:
    assert key in dict(texts())


@pytest.mark.parametrize("key", SENTENCES)
def test_buttons_of_sentences_lead_to_topics_or_are_handoffs_own(key: str) -> None:
    for button in SENTENCES[key].get("buttons", []):
        assert button in TOPICS if isinstance(button, str) else is_own(button)


def is_own(button: dict[str, str]) -> bool:
    return (
        button["payload"].startswith(("privacy:", "canali:"))
        and len(button["title"]) <= LONGEST_TITLE
    )


def test_a_topic_opens_a_ticket_by_its_kind() -> None:
    opened = {topic: entry["ticket"] for topic, entry in TOPICS.items() if "ticket" in entry}
    assert opened == {
        "emergenza": {"kind": "emergenza", "reason": "sicurezza"},
        "crisi_psicologica": {"kind": "crisi", "reason": "sicurezza"},
        "parla_con_operatore": {"kind": "persona", "reason": "richiesta"},
        "non_risolto": {"kind": "persona", "reason": "non_risolto"},
        "lingua_straniera": {"kind": "persona", "reason": "lingua"},
        "cancella_dati": {"kind": "dati", "reason": "richiesta"},
    }


def test_every_form_has_a_topic_and_every_topic_of_the_kind_a_form() -> None:
    at_once = {topic for topic, form in FORMS.items() if not form.start}
    assert at_once == {topic for topic, entry in TOPICS.items() if entry["kind"] == "form"}
    assert {TOPICS[topic]["kind"] for topic in FORMS.keys() - at_once} == {"answer"}


@pytest.mark.parametrize("topic", [topic for topic, form in FORMS.items() if form.start])
def test_a_form_that_follows_an_answer_begins_by_its_first_button(topic: str) -> None:
    [first, *_] = Knowledge.load(DATA).wording(topic).buttons
    assert first == Button(title=FORMS[topic].start or "", payload=f"{topic}:compila")


@pytest.mark.parametrize("topic", FORMS)
def test_the_panel_knows_a_forms_kind_its_term_and_its_fields(topic: str) -> None:
    form = FORMS[topic]
    kinds = re.search(r"const KINDS = \{(.*?)\};", PANEL_WORDS, re.DOTALL)
    fields = re.search(r"const FIELDS = \{(.*?)\};", PANEL_WORDS, re.DOTALL)
    assert kinds
    assert fields
    assert f"  {form.ticket}: [" in kinds[1]
    assert all(f"  {name}: " in fields[1] for name in form.fields)
    assert form.ticket in TERMS


@pytest.mark.parametrize("topic", FORMS)
def test_a_form_asks_neither_for_codes_nor_for_an_account(topic: str) -> None:
    asked = " ".join(TOPICS[topic]["variants"][field] for field in FORMS[topic].fields).lower()
    assert not re.search(r"iban|codice fiscale|tessera|carta d'identità", asked)


def test_an_emergency_is_told_to_call_first() -> None:
    answer = TOPICS["emergenza"]["answer"]
    assert answer.startswith("Chiami subito il 112")
    assert "Where Are U" in answer


@pytest.mark.parametrize("topic", SAFETY)
def test_safety_asks_nothing_and_offers_no_detour(topic: str) -> None:
    entry = TOPICS[topic]
    assert "112" in entry["answer"]
    assert "?" not in entry["answer"]
    assert "next" not in entry


def test_a_crisis_is_told_where_violence_is_heard() -> None:
    assert "1522" in TOPICS["crisi_psicologica"]["answer"]


@pytest.mark.parametrize("key", ["consiglio_medico", "guardia_medica", "pronto_soccorso"])
def test_what_borders_on_an_emergency_names_the_112(key: str) -> None:
    assert "112" in TOPICS[key]["answer"]


def test_the_notice_tells_that_no_person_answers_and_where_emergencies_go() -> None:
    notice = SENTENCES["avviso"]["text"]
    assert "automatico" in notice
    assert "112" in notice


def test_the_directory_is_whole() -> None:
    assert len(WARDS) >= FEWEST_WARDS
    assert len({ward["id"] for ward in WARDS}) == len(WARDS)
    assert {ward["site"] for ward in WARDS} == SITES.keys()


@pytest.mark.parametrize("ward", WARDS, ids=lambda ward: ward["id"])
def test_a_ward_can_be_found_and_reached(ward: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z0-9_.-]{1,40}", ward["id"])  # stands in a button's payload
    assert ward["names"]
    assert all(ward[field] for field in ("name", "phone", "email", "floor", "hours"))


@pytest.mark.parametrize("ward", WARDS, ids=lambda ward: ward["id"])
def test_sample_numbers_can_ring_nobody(ward: dict[str, Any]) -> None:
    assert not ward["sample"] or SAMPLE_PHONE.fullmatch(ward["phone"])
    assert not ward["sample"] or ward["email"].endswith(".example")


@pytest.mark.parametrize("exam", EXAMS, ids=lambda exam: exam["id"])
def test_a_preparation_is_told_whole_on_one_screen_with_the_sheet_and_the_medicines(
    exam: dict[str, Any],
) -> None:
    assert exam["sample"]
    assert "la conferma il reparto" in exam["source"]
    words = TOPICS["preparazione_esame"]["variants"]["trovato_di_esempio"]
    told = words.format(nome=exam["name"], preparazione=exam["preparation"])
    assert len(told.split()) <= LONGEST_ANSWER + len(exam["name"].split())
    assert "Segua il foglio" in told
    assert "non li sospenda di Sua iniziativa" in told
    assert "Dato dimostrativo" in told


@pytest.mark.parametrize("exam", EXAMS, ids=lambda exam: exam["id"])
def test_a_preparation_never_speaks_against_a_medicine(exam: dict[str, Any]) -> None:
    against = r"sospend|interromp|smett|non prend|salt\w* (?:la|il|una) |senza (?:farmac|medicin)"
    assert not re.search(against, exam["preparation"], re.IGNORECASE)


@pytest.mark.parametrize("doctor", DOCTORS, ids=lambda doctor: doctor["id"])
def test_no_doctor_is_real(doctor: dict[str, Any]) -> None:
    assert doctor["sample"]
    assert "non esiste" in TOPICS["cercare_medico"]["variants"]["trovato_di_esempio"]


@pytest.mark.parametrize("topic", [*LOOKUPS, "orari_sportelli"])
def test_a_record_that_is_a_sample_says_so(topic: str) -> None:
    for key, text in TOPICS[topic]["variants"].items():
        if key.endswith("_di_esempio"):
            assert re.search("dimostrativ|di esempio", text)


@pytest.mark.parametrize(
    ("topic", "refused", "way_on"),
    [
        ("notizie_paziente", "non posso confermare né escludere", "di persona al reparto"),
        ("notizie_paziente", "nemmeno ai familiari", "centralino"),
        ("consiglio_medico", "non posso dare pareri medici", "Chieda al Suo medico"),
        ("referti", "Qui in chat non vedo e non mando referti", "fse20.sardegnasalute.it"),
        ("disdire_prenotazione", "non vedo le prenotazioni e non posso disdirle", "chiami il CUP"),
    ],
)
def test_a_refusal_says_what_the_bot_cannot_do_and_the_way_on(
    topic: str, refused: str, way_on: str
) -> None:
    entry = TOPICS[topic]
    answer = " ".join(entry["answer"].split())
    assert refused in answer
    assert way_on in answer
    assert entry["next"]


SMALLEST_MESSAGE = 1000  # bytes: Instagram's limit, the tightest of the channels


@pytest.mark.parametrize("topic", [topic for topic, entry in TOPICS.items() if "more" in entry])
def test_a_longer_text_is_longer_and_not_too_long(topic: str) -> None:
    more, answer = TOPICS[topic]["more"], TOPICS[topic]["answer"]
    assert len(answer.split()) < len(more.split()) <= LONGEST_MORE


@pytest.mark.parametrize("topic", [topic for topic, entry in TOPICS.items() if "sites" in entry])
def test_a_hospitals_answer_is_of_a_hospital_that_we_know_and_short(topic: str) -> None:
    assert TOPICS[topic]["sites"].keys() == SITES.keys()
    assert all(len(text.split()) <= LONGEST_ANSWER for text in TOPICS[topic]["sites"].values())


@each_text
def test_every_text_fits_into_one_message_of_every_channel(key: str, text: str) -> None:
    assert len(text.encode()) <= SMALLEST_MESSAGE, key


BRIEF = {*FORMS, "stato_segnalazione", "contatti_reparto", "orari_sportelli"}
BRIEF |= {"preparazione_esame", "cercare_medico", "cancella_dati", "orari_visita"}


@each_topic
def test_an_answer_to_citizens_has_more_to_say(topic: str) -> None:
    entry = TOPICS[topic]
    told = entry["kind"] in {"answer", "lookup"} and topic not in BRIEF
    assert not told or entry.get("more", "").strip()
