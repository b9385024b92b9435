"""A snapshot becomes training data, or is refused with a sentence that names file and key."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE

from bot.importer import KnowledgeImporter
from bot.snapshot import BadKnowledge, read_topics
from italian.forms import Form

RULES = Path(__file__).resolve().parents[2] / "data" / "conversation" / "rules.yml"


def entry(title: str, **changes: Any) -> dict[str, Any]:
    return {"title": title, "kind": "answer", "risk": "L", "answer": "Ecco."} | changes


def knowledge(**changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    person = {"kind": "persona", "reason": "richiesta"}
    return {
        "parcheggio": entry("Parcheggio"),
        "contatti_reparto": entry("Reparti", kind="lookup"),
        "orari_sportelli": entry("Orari", kind="lookup"),
        "orari_visita": entry("Visite", kind="lookup"),
        "preparazione_esame": entry("Esami", kind="lookup"),
        "cercare_medico": entry("Medici", kind="lookup"),
        "stato_segnalazione": entry("Stato", kind="lookup"),
        "reclamo": entry("Reclamo", kind="form"),
        "annulla": entry("Annulla", kind="command"),
        "parla_con_operatore": entry("Persona", kind="handoff", ticket=person),
    } | changes


def snapshot(
    folder: Path, content: dict[str, Any], *, file: str = "temi.yml", said: str = ""
) -> Path:
    for part in ("knowledge", "conversation", "phrases/giovani"):
        (folder / part).mkdir(exist_ok=True, parents=True)
    (folder / "conversation" / "rules.yml").write_bytes(RULES.read_bytes())
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "knowledge" / file).write_text(text, encoding="utf-8")
    lines = (f"{key}\tsemplice\t{key} {number}\n" for key in content for number in range(6))
    phrases = folder / "phrases" / "giovani" / file.replace(".yml", ".tsv")
    phrases.write_text("".join(lines) + said, encoding="utf-8")
    return folder


def test_every_topic_becomes_an_intent_with_its_phrases_and_answer(tmp_path):
    importer = KnowledgeImporter(snapshot=str(snapshot(tmp_path, knowledge())))
    domain = importer.get_domain()
    assert set(knowledge()) <= set(domain.intents)
    assert domain.responses["utter_parcheggio"] == [{"custom": {"say": "parcheggio", "with": {}}}]
    assert len(importer.get_nlu_data().intent_examples) == 6 * len(knowledge())


def test_a_topic_with_a_ticket_carries_it_in_its_answer(tmp_path):
    importer = KnowledgeImporter(snapshot=str(snapshot(tmp_path, knowledge())))
    said = importer.get_domain().responses["utter_parla_con_operatore"][0]["custom"]
    assert said["ticket"] == {"kind": "persona", "reason": "richiesta", "topic": None}


def test_look_ups_and_forms_are_led_by_the_hand_written_rules(tmp_path):
    importer = KnowledgeImporter(snapshot=str(snapshot(tmp_path, knowledge())))
    assert {topic.id for topic in importer.plain()} == {
        "parcheggio",
        "annulla",
        "parla_con_operatore",
    }
    names = {step.block_name for step in importer.get_stories().story_steps}
    assert "parcheggio is answered" in names
    assert "parla_con_operatore ends reclamo_form" in names
    assert "reclamo is answered" not in names


def test_sentences_and_look_ups_may_stand_beside_another_answer(tmp_path):
    examples = KnowledgeImporter(snapshot=str(snapshot(tmp_path, knowledge()))).get_nlu_data()
    facts = {
        each.get(INTENT): each.get(METADATA)[METADATA_EXAMPLE] for each in examples.intent_examples
    }
    acting = {topic for topic, fact in facts.items() if not fact["said_alone"]}
    assert acting == {"reclamo", "parla_con_operatore"}


def test_a_form_becomes_slots_that_only_our_action_fills(tmp_path):
    domain = KnowledgeImporter(snapshot=str(snapshot(tmp_path, knowledge()))).get_domain()
    asked = ["cosa", "dove", "quando", "contatto", "conferma"]
    assert domain.required_slots_for_form("reclamo_form") == [f"reclamo_{each}" for each in asked]
    slots = {slot.name: slot for slot in domain.slots}
    assert all(
        slots[f"reclamo_{each}"].mappings == [{"type": "custom"}]
        and not slots[f"reclamo_{each}"].influence_conversation
        for each in asked
    )
    assert domain.responses["utter_reclamo"] == [{"custom": {"say": "reclamo", "with": {}}}]
    contact = domain.responses["utter_ask_reclamo_contatto"][0]["custom"]["with"]["buttons"]
    assert contact == [{"title": "Qui in chat", "payload": "reclamo:chat"}]


def test_a_form_without_its_topic_in_the_snapshot_is_left_out(tmp_path):
    importer = KnowledgeImporter(snapshot=str(snapshot(tmp_path, knowledge())))
    assert importer.get_domain().form_names == ["reclamo_form"]


def test_a_form_that_follows_an_answer_begins_by_an_intent_of_its_own(tmp_path):
    folder = snapshot(tmp_path, knowledge(rimborso_ticket=entry("Rimborso")))
    importer = KnowledgeImporter(snapshot=str(folder))
    assert "rimborso_ticket" in {topic.id for topic in importer.plain()}
    assert "compila_rimborso_ticket" in importer.get_domain().intents
    names = {step.block_name for step in importer.get_stories().story_steps}
    assert {"rimborso_ticket is answered", "rimborso_ticket_form begins"} <= names


def test_a_form_whose_ticket_nobody_knows_is_refused(tmp_path, monkeypatch):
    described = {"reclamo": Form("reclamo", "multa", None, {})}
    monkeypatch.setattr("bot.importer.read_forms", lambda: described)
    importer = KnowledgeImporter(snapshot=str(snapshot(tmp_path, knowledge())))
    with pytest.raises(BadKnowledge, match="moduli.yml: reclamo: there is no ticket «multa»"):
        importer.get_domain()


def test_a_conversation_never_expires_by_itself(tmp_path):
    importer = KnowledgeImporter(snapshot=str(snapshot(tmp_path, knowledge())))
    assert importer.get_domain().session_config.session_expiration_time == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"Parcheggio!": entry("X")}, "temi.yml: Parcheggio!: not a possible id"),
        ({"incerto": entry("X")}, "temi.yml: incerto: not a possible id"),
        ({"bar": {**entry("Bar"), "answer": " "}}, "temi.yml: bar: answer is missing"),
        ({"bar": entry("Bar", kind="chat")}, "temi.yml: bar: kind must be one of"),
        ({"bar": entry("Bar", risk="X")}, "temi.yml: bar: risk must be one of"),
        ({"bar": entry("B" * 25)}, "temi.yml: bar: title is longer than 24"),
        ({"bar": entry("Bar", next=["mensa"])}, "temi.yml: bar: next: there is no topic «mensa»"),
        ({"bar": entry("Parcheggio")}, "temi.yml: bar: title: parcheggio has the same"),
        ({"bar": entry("Bar", ticket={"kind": "altro"})}, "temi.yml: bar: ticket: kind must be"),
        ({"bar": entry("Bar", ticket={"kind": "dati"})}, "temi.yml: bar: ticket: reason"),
    ],
)
def test_bad_knowledge_is_refused_by_file_and_key(tmp_path, wrong, sentence):
    folder = snapshot(tmp_path, knowledge() | wrong)
    with pytest.raises(BadKnowledge) as refused:
        read_topics(folder)
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("bar\tsemplice\tc'è un bar", "giovani/temi.tsv, line 61: there is no topic «bar»"),
        ("parcheggio\tc'è posto", "giovani/temi.tsv, line 61: expected topic<TAB>style<TAB>"),
        ("parcheggio\tbella\tc'è posto", "giovani/temi.tsv, line 61: «bella» is no style"),
        ("parcheggio\tsemplice\t ", "giovani/temi.tsv, line 61: the phrase needs 1 to"),
        (
            "annulla\tsemplice\tPARCHEGGIO  3",
            "giovani/temi.tsv, line 61: the same phrase also stands in giovani/temi.tsv, line 4",
        ),
    ],
)
def test_a_bad_phrase_is_refused_by_file_and_line(tmp_path, line, sentence):
    folder = snapshot(tmp_path, knowledge(), said=line)
    with pytest.raises(BadKnowledge) as refused:
        read_topics(folder)
    assert str(refused.value).startswith(sentence)


def test_a_topic_that_nobody_asks_for_is_refused(tmp_path):
    folder = snapshot(tmp_path, knowledge())
    (folder / "phrases" / "giovani" / "temi.tsv").write_text("", encoding="utf-8")
    with pytest.raises(BadKnowledge, match="temi.yml: parcheggio: fewer than 5 phrases"):
        read_topics(folder)


def test_every_phrase_carries_its_voice_and_style(tmp_path):
    phrase = read_topics(snapshot(tmp_path, knowledge()))["parcheggio"].phrases[0]
    assert (phrase.voice, phrase.style) == ("giovani", "semplice")


def test_a_topic_in_two_files_is_refused(tmp_path):
    snapshot(tmp_path, knowledge())
    folder = snapshot(tmp_path, {"parcheggio": entry("Altro")}, file="zone.yml")
    with pytest.raises(BadKnowledge, match="zone.yml: parcheggio: the same topic also stands in"):
        read_topics(folder)


def test_a_rule_about_an_unknown_topic_is_refused(tmp_path):
    content = knowledge()
    del content["stato_segnalazione"]
    importer = KnowledgeImporter(snapshot=str(snapshot(tmp_path, content)))
    with pytest.raises(
        BadKnowledge, match="rules.yml: .*: there is no topic «stato_segnalazione»"
    ):
        importer.get_stories()


def test_a_file_that_is_no_yaml_is_refused_by_name(tmp_path):
    folder = snapshot(tmp_path, {})
    (folder / "knowledge" / "temi.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(BadKnowledge, match="temi.yml: not readable as YAML"):
        read_topics(folder)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(BadKnowledge, match="no knowledge"):
        read_topics(tmp_path)
