"""From keys to approved words."""

from pathlib import Path

import pytest

from handoff.knowledge import Directory, Knowledge, UnknownWords

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load(DATA)


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.load(DATA)


def test_a_key_nobody_approved_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(UnknownWords):
        knowledge.wording("inventato")
    with pytest.raises(UnknownWords):
        knowledge.wording("parcheggio.inventato")


def test_choices_become_buttons_and_a_person_is_always_among_them(knowledge: Knowledge) -> None:
    words = knowledge.wording("scelta", {"choices": ["parcheggio", "referti"]})
    assert [button.payload for button in words.buttons] == [
        "parcheggio",
        "referti",
        "parla_con_operatore",
    ]


def test_a_value_that_looks_like_a_placeholder_stays_text(knowledge: Knowledge) -> None:
    words = knowledge.wording("presa_in_carico", {"operatore": "{chiave}{operatore}"})
    assert "{chiave}{operatore}" in words.text


@pytest.mark.parametrize(
    ("said", "ward"),
    [
        ("qual è il numero di cardilogia", "cardiologia"),
        ("CARDIOLOGIA", "cardiologia"),
        ("vorrei il telefono della pediatria per favore", "pediatria"),
    ],
)
def test_a_misspelt_ward_is_found(directory: Directory, said: str, ward: str) -> None:
    wards, _ = directory.wards.find(said)
    assert wards[0].id.startswith(ward)


@pytest.mark.parametrize("said", ["", "il numero", "xyzq", "buongiorno a tutti"])
def test_what_names_no_ward_finds_none(directory: Directory, said: str) -> None:
    assert directory.wards.find(said) == ([], False)


def test_an_answer_that_is_not_confirmed_says_so_and_an_emergency_only_what_to_do(
    knowledge: Knowledge,
) -> None:
    caveat = knowledge.wording("dato_dimostrativo").text
    for topic, entry in knowledge.entries.items():
        says_so = knowledge.wording(topic).text.endswith(caveat)
        is_uncertain_answer = entry.sample and entry.kind == "answer"
        assert says_so == (is_uncertain_answer or topic == "dato_dimostrativo"), topic
