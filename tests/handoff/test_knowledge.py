"""From keys to approved words."""

from pathlib import Path

import pytest

from handoff.knowledge import Directory, Knowledge, UnknownWords, Wording
from handoff.knowledge.words import entry_of

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


BOTH = {
    "title": "Parcheggio",
    "answer": "Ci sono parcheggi.",
    "more": "Il parcheggio grande è davanti.",
    "sites": {"policlinico": "Davanti all'ingresso.", "san_giovanni": "In via Ospedale."},
    "kind": "answer",
    "sample": True,
    "next": ["referti"],
}


def both(knowledge: Knowledge) -> Knowledge:
    knowledge.entries["parcheggio"] = entry_of("parcheggio", BOTH)
    return knowledge


def payloads(wording: Wording) -> list[str]:
    return [button.payload for button in wording.buttons]


def test_an_answer_offers_the_hospitals_more_and_what_comes_next(knowledge: Knowledge) -> None:
    words = both(knowledge).wording("parcheggio")
    assert payloads(words) == [
        "parcheggio:policlinico",
        "parcheggio:san_giovanni",
        "parcheggio:di_piu",
        "referti",
    ]


def test_one_hospitals_answer_offers_the_other_and_keeps_its_caveat(knowledge: Knowledge) -> None:
    words = both(knowledge).wording("parcheggio", {"prefer": ["san_giovanni"]})
    assert words.text.startswith("In via Ospedale.\n(Dato dimostrativo")
    assert payloads(words) == ["parcheggio:policlinico", "parcheggio:di_piu", "referti"]


def test_the_longer_text_keeps_its_caveat(knowledge: Knowledge) -> None:
    words = both(knowledge).wording("parcheggio", {"prefer": ["di_piu"]})
    assert words.text.startswith("Il parcheggio grande è davanti.\n(Dato dimostrativo")


def test_a_longer_text_is_uncertain_until_the_office_confirms_it(knowledge: Knowledge) -> None:
    for confirmed in (False, True):
        raw = {**BOTH, "sample": False, "more_confirmed": confirmed}
        knowledge.entries["parcheggio"] = entry_of("parcheggio", raw)
        longer = knowledge.wording("parcheggio", {"prefer": ["di_piu"]}).text
        assert ("Dato dimostrativo" in longer) is not confirmed
        assert "Dato dimostrativo" not in knowledge.wording("parcheggio").text


def test_a_wished_variant_that_nobody_wrote_is_the_answer_itself(knowledge: Knowledge) -> None:
    assert knowledge.wording("saluto", {"prefer": ["policlinico", "di_piu"]}) == (
        knowledge.wording("saluto")
    )
