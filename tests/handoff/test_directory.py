"""Wards, exams and doctors are found as citizens name them, and never mistaken for one another."""

from pathlib import Path
from shutil import copytree

import pytest

from handoff.knowledge import Directory
from handoff.knowledge.finding import Names
from handoff.knowledge.rows import BadDirectory
from handoff.settings import ROOT

DATA = ROOT / "data"
DIRECTORY = Directory.load(DATA)
ULTRASOUNDS = {"ecografia", "ecografia_pelvica", "ecografia_tiroide", "ecografia_ostetrica"}
NOTHING = [
    "",
    "   ",
    "😀😀",
    "a" * 4000,
    "'; DROP TABLE exams; --",
    "{nome} ${x} <b>",
    "\u202e\u200b",
]


@pytest.mark.parametrize(
    ("said", "exam"),
    [
        ("come mi preparo alla colonscopia?", "colonscopia"),
        ("COLONSCPIA domani", "colonscopia"),
        ("gastoscopia", "gastroscopia"),
        ("devo fare una lastra", "radiografia"),
        ("i raggi x al torace", "radiografia"),
        ("la lastra al seno", "mammografia"),
        ("rx", "radiografia"),
        ("la risonanza con il contrasto", "risonanza"),
        ("eco all'addome", "ecografia"),
        ("ecografia della vescica", "ecografia_pelvica"),
        ("eco al cuore", "ecocardiogramma"),
        ("per gli esami del sangue posso bere?", "analisi_del_sangue"),
        ("fondo dell'occhio", "fondo_oculare"),
        ("rettoscopia", "rettoscopia"),
        ("la cistoscopia", "cistoscopia"),
        ("una colangio-risonanza", "colangiorisonanza"),
        ("i raggi allo stomaco", "radiografia_digerente"),
        ("la colonscopia virtuale", "colonscopia_virtuale"),
        ("la TAC senza contrasto", "tac"),
    ],
)
def test_an_exam_is_found_by_misspelt_and_lay_names(said: str, exam: str) -> None:
    found, sure = DIRECTORY.exams.find(said)
    assert ([each.id for each in found], sure) == ([exam], True)


@pytest.mark.parametrize(
    ("said", "exams"),
    [
        ("devo fare un'ecografia", ULTRASOUNDS),
        ("eco", ULTRASOUNDS),
        ("le analisi", {"analisi_del_sangue", "analisi_delle_urine"}),
        ("tac e gastroscopia lo stesso giorno", {"tac", "gastroscopia"}),
        ("eco addome e colonscpia", {"ecografia", "colonscopia"}),
        ("artroscopia", {"gastroscopia"}),
    ],
)
def test_what_may_mean_several_exams_or_only_resembles_one_is_not_sure(
    said: str, exams: set[str]
) -> None:
    found, sure = DIRECTORY.exams.find(said)
    assert ({each.id for each in found}, sure) == (exams, False)


@pytest.mark.parametrize(
    "said",
    [
        *NOTHING,
        "broncoscopia",
        "urografia",
        "fatto la purga, l'esame è domani",
        "per un giorno intero",
    ],
)
def test_what_names_no_exam_finds_none(said: str) -> None:
    assert DIRECTORY.exams.find(said) == ([], False)


@pytest.mark.parametrize(
    ("said", "doctor"),
    [
        ("dove trovo il dottor Immaginari?", "fausto-immaginari"),
        ("la dottoressa simulatti", "ida-simulati"),
        ("FITTIZI CARLA", "carla-fittizi"),
        ("carla fittizzi", "carla-fittizi"),
        ("fittizi di ortopedia", "gemmo-fittizi"),
    ],
)
def test_a_doctor_is_found_by_surname_or_both_names(said: str, doctor: str) -> None:
    found, sure = DIRECTORY.doctors.find(said)
    assert ([each.id for each in found], sure) == ([doctor], True)


@pytest.mark.parametrize(
    ("said", "doctors"),
    [
        ("il dottor Fittizi", {"carla-fittizi", "gemmo-fittizi"}),
        ("Fittizi o Immaginari?", {"carla-fittizi", "gemmo-fittizi", "fausto-immaginari"}),
    ],
)
def test_namesakes_and_two_names_are_not_sure(said: str, doctors: set[str]) -> None:
    found, sure = DIRECTORY.doctors.find(said)
    assert ({each.id for each in found}, sure) == (doctors, False)


@pytest.mark.parametrize("said", [*NOTHING, "il dottor Piras", "Carla", "cerco un medico"])
def test_a_name_nobody_has_finds_no_doctor(said: str) -> None:
    assert DIRECTORY.doctors.find(said) == ([], False)


@pytest.mark.parametrize(
    ("said", "wards"),
    [
        ("chirurgia vascolare", ["chirurgia-vascolare"]),
        ("diabetologia al san giovanni", ["diabetologia-san-giovanni"]),
        ("diabetologia", ["diabetologia-policlinico", "diabetologia-san-giovanni"]),
        ("in cardiologia al Policlinico", ["cardiologia"]),
        ("mia mamma in ortopedia, il telefono non lo sento", ["ortopedia"]),
        ("il bambino vuole vedere la mamma in urologia", ["urologia"]),
        ("cardilogia e urologia", ["urologia", "cardiologia"]),
    ],
)
def test_the_ward_that_is_named_outweighs_one_within_its_name(said: str, wards: list[str]) -> None:
    found, sure = DIRECTORY.wards.find(said)
    assert ([each.id for each in found], sure) == (wards, len(wards) == 1)


@pytest.mark.parametrize("said", NOTHING)
def test_what_names_no_ward_finds_none(said: str) -> None:
    assert DIRECTORY.wards.find(said) == ([], False)


def test_a_doctor_is_told_with_the_ward_and_its_own_hospitals() -> None:
    here, both = (
        DIRECTORY.doctors.doctors[each].as_json()
        for each in ("dario-inventati", "mara-verosimili")
    )
    assert here["name"] == "Dott. Dario Inventati"
    assert here["ward"]["phone"] == DIRECTORY.wards.wards["cardiologia"].phone
    assert (len(here["sites"]), len(both["sites"])) == (1, 2)
    assert here["sample"]


def test_names_without_a_word_are_left_out() -> None:
    assert Names.of([("della", "a"), ("…", "b")]).find("della …").ids == ()


@pytest.mark.parametrize(
    ("file", "before", "after", "reason"),
    [
        ("exams.yml", "- id: tac\n", "- id: moc\n", "exams.yml: two entries share the id moc"),
        ("exams.yml", "  preparation:", "  prep:", "exams.yml: ecografia has no `preparation`"),
        (
            "exams.yml",
            "wards: [senologia]",
            "wards: [x]",
            "exams.yml: mammografia: wards.yml does not",
        ),
        (
            "doctors.yml",
            "ward: urologia",
            "ward: x",
            "doctors.yml: fausto-immaginari: wards.yml does",
        ),
        (
            "doctors.yml",
            "[policlinico,",
            "[x,",
            "doctors.yml: mara-verosimili: sites.yml does not",
        ),
        (
            "wards.yml",
            "site: policlinico",
            "site: x",
            "wards.yml: cardiologia: sites.yml does not",
        ),
    ],
)
def test_a_faulty_entry_stops_the_start_and_is_named(
    tmp_path: Path, file: str, before: str, after: str, reason: str
) -> None:
    copytree(DATA / "directory", tmp_path / "directory")
    broken = tmp_path / "directory" / file
    text = broken.read_text("utf-8")
    assert before in text
    broken.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(BadDirectory, match=reason):
        Directory.load(tmp_path)


def test_a_hospital_without_lists_of_exams_and_doctors_can_start(tmp_path: Path) -> None:
    copytree(DATA / "directory", tmp_path / "directory")
    for name in ("exams.yml", "doctors.yml"):
        (tmp_path / "directory" / name).unlink()
    directory = Directory.load(tmp_path)
    assert directory.exams.find("tac") == directory.doctors.find("Fittizi") == ([], False)
