"""The description of the forms is whole, or refused with a sentence that names file and entry."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from italian.forms import BadForm, read_forms

CHOICE = {
    "kind": "choice",
    "title": "Come",
    "buttons": {"posta": {"title": "Posta", "value": "x"}},
}
WHAT = {"kind": "text", "title": "Che cosa"}


def described(folder: Path, content: Any) -> Path:
    (folder / "conversation").mkdir()
    text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
    (folder / "conversation" / "moduli.yml").write_text(text, encoding="utf-8")
    return folder


def form(**fields: Any) -> dict[str, Any]:
    return {"reclamo": {"ticket": "reclamo", "fields": fields}}


def test_the_forms_of_the_office_are_described():
    assert list(read_forms()) == [
        "reclamo",
        "elogio",
        "suggerimento",
        "oggetti_smarriti",
        "rimborso_ticket",
        "cartella_clinica",
    ]


def test_a_form_asks_its_fields_in_their_order_and_then_to_confirm(tmp_path):
    [read] = read_forms(described(tmp_path, form(cosa=WHAT, come=CHOICE))).values()
    assert read.questions == ("cosa", "come", "conferma")
    assert [read.slot(name) for name in read.questions] == [
        "reclamo_cosa",
        "reclamo_come",
        "reclamo_conferma",
    ]
    assert read.question("reclamo_come") == "come"
    assert read.question("elogio_come") is None
    assert read.question(None) is None


def test_a_form_with_a_button_begins_by_an_intent_of_its_own(tmp_path):
    content = form(cosa=WHAT)
    content["reclamo"]["start"] = "Comincia"
    [read] = read_forms(described(tmp_path, content)).values()
    assert (read.begin, read.start) == ("compila_reclamo", "Comincia")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a: [", "moduli.yml: not readable as YAML"),
        ([], "moduli.yml: expected names"),
        ({"Un modulo": {}}, "moduli.yml: Un modulo: not a possible name"),
        ({"reclamo": None}, "moduli.yml: reclamo: expected fields, start, ticket"),
        ({"reclamo": {"ticket": "reclamo"}}, "moduli.yml: reclamo: fields: expected names"),
        ({"reclamo": {"ticket": "r", "fields": {}}}, "moduli.yml: reclamo: fields are missing"),
        ({"reclamo": {"fields": {"cosa": WHAT}}}, "moduli.yml: reclamo: ticket is missing"),
        (form(cosa=WHAT) | {"x": {"color": 1}}, "moduli.yml: x: color means nothing here"),
        (form(cosa={**WHAT, "kind": "iban"}), "moduli.yml: reclamo: cosa: kind must be one of"),
        (form(cosa={"kind": "text"}), "moduli.yml: reclamo: cosa: title needs 1 to 24"),
        (form(cosa={**WHAT, "title": "x" * 25}), "moduli.yml: reclamo: cosa: title needs 1 to"),
        (form(cosa={**WHAT, "said": "x"}), "moduli.yml: reclamo: cosa: said: expected a list"),
        (form(come={**CHOICE, "buttons": {}}), "moduli.yml: reclamo: come: a choice needs"),
        (
            form(come={**CHOICE, "buttons": {"posta": {"title": "Posta"}}}),
            "moduli.yml: reclamo: come: posta: value is missing",
        ),
        (form(come=CHOICE, posta=WHAT), "moduli.yml: reclamo: posta stands for two things"),
        (form(conferma=WHAT), "moduli.yml: reclamo: conferma stands for two things"),
        (form(correggi=WHAT), "moduli.yml: reclamo: correggi stands for two things"),
    ],
)
def test_a_bad_description_is_refused_by_file_and_entry(tmp_path, content, sentence):
    with pytest.raises(BadForm) as refused:
        read_forms(described(tmp_path, content))
    assert str(refused.value).startswith(sentence)
