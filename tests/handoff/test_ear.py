"""The second net hears what no rule foresaw, and its absence is told."""

import io
import json
import tarfile

import numpy as np
import pytest

from handoff.safety import Ear, NoEar, Safety, newest_ear
from handoff.safety.following import follow
from handoff.settings import ROOT
from italian.listening import Listener, Space

LABELS = ["crisi_psicologica", "emergenza", "parcheggio"]
KNOWN = ["mio", "padre", "non", "respira", "nel", "film", "la"]
LOUD = {"addio": [9.0, 0.0, 0.0], "tubicino": [0.0, 9.0, 0.0], "104": [0.0, 0.0, 9.0]}
WORDS = {
    "labels": LABELS,
    "vocabulary": {"words": [*(f"w:{word}" for word in (*KNOWN, *LOUD))], "characters": []},
    "alarm": {"threshold": 0.5, "doubt": -0.5},
}
NUMBERS = {
    "bias": np.array([-1.0, -1.0, 0.0], dtype=np.float32),
    "rarity_words": np.ones(len(KNOWN) + len(LOUD), dtype=np.float32),
    "rarity_characters": np.ones(0, dtype=np.float32),
    "weights_words": np.array([[0.0] * 3] * len(KNOWN) + list(LOUD.values()), dtype=np.float16),
    "weights_characters": np.zeros((0, 3), dtype=np.float16),
}
EAR = Ear(Listener.read(WORDS, NUMBERS), 0.5, -0.5)
STORY = "buongiorno vorrei sapere dove si paga la visita che la settimana prossima faccio " * 8


def archive(folder, name, words=WORDS, numbers=NUMBERS):
    arrays = io.BytesIO()
    np.savez(arrays, **numbers)
    parts = {"linear.json": json.dumps(words).encode(), "linear.npz": arrays.getvalue()}
    with tarfile.open(folder / name, "w:gz") as opened:
        for member, data in parts.items():
            info = tarfile.TarInfo(f"components/train_LinearIntentClassifier4/{member}")
            info.size = len(data)
            opened.addfile(info, io.BytesIO(data))


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("il tubicino", "emergenza"),
        ("addio", "crisi_psicologica"),
        ("la visita", None),
        ("", None),
        (STORY + "il tubicino " + STORY, "emergenza"),
    ],
)
def test_it_hears_what_the_phrases_taught_also_within_a_story(text, heard):
    assert EAR.hear(text) == heard


@pytest.mark.parametrize("text", ["la tubicino (104)", "la 104, mio padre la tubicino"])
def test_a_number_beside_an_emergency_does_not_drown_it(text):
    assert EAR.hear(text) == "emergenza"
    assert not EAR.doubts(text)
    assert (EAR.hear("la 104"), EAR.doubts("mio padre non respira 104")) == (None, True)


def test_safety_asks_the_rules_first_and_then_the_ear():
    safety = Safety.load(ROOT / "data", ear=EAR)
    assert safety.look("mio zio è svenuto").rule == "coscienza"
    assert safety.look("il tubicino").rule == "orecchio"
    assert safety.look("dove parcheggio?") is None
    assert Safety.load(ROOT / "data").look("il tubicino") is None


def test_a_rule_falls_only_where_the_ear_understands_and_hears_nothing():
    text = "nel film mio padre non respira"
    assert Safety.load(ROOT / "data").look("mio padre non respira") is not None
    assert Safety.load(ROOT / "data", ear=EAR).look("mio padre non respira") is None
    assert EAR.doubts(text)
    assert not EAR.doubts("mein mann ist bewusstlos")
    assert not EAR.doubts(text + " il tubicino")


def test_in_a_book_or_of_the_past_a_rule_falls_where_the_ear_hears_no_alarm_of_its_own():
    safety = Safety.load(ROOT / "data", ear=Ear(EAR.listener, EAR.threshold, doubt=-9.0))
    assert safety.look("la mio padre non respira") is not None
    assert safety.look("nel film mio padre non respira") is None
    assert safety.look("nel film mio padre non respira il tubicino") is not None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("la mio padre la emorragia", None),
        ("la mio padre la emorragia la tubicino", "sangue"),
        ("la mio padre emorragia", "sangue"),
        ("la mio padre la emorragia non respira", "respiro"),
    ],
)
def test_at_length_a_mere_name_needs_the_ear(text, rule):
    found = Safety.load(ROOT / "data", ear=Ear(EAR.listener, EAR.threshold, doubt=-9.0)).look(text)
    assert (found and found.rule) == rule


@pytest.mark.parametrize(
    ("text", "eased"),
    [
        ("mio padre non respira, scherzavo", True),
        ("mio padre non respira e non sto scherzando", False),
        ("non scherzo: mio padre non respira", False),
        ("l'ho letto in un libro", True),
    ],
)
def test_a_denied_joke_eases_nothing(text, eased):
    safety = Safety.load(ROOT / "data")
    assert safety._is_eased(list(safety._sentences(text))) is eased


def test_the_newest_model_by_name_is_heard_with(tmp_path):
    archive(tmp_path, "20260101T000000Z-old.tar.gz", WORDS | {"labels": LABELS[:0]})
    archive(tmp_path, "20260201T000000Z-new.tar.gz")
    assert newest_ear(tmp_path).hear("il tubicino") == "emergenza"


def test_nothing_known_is_neither_an_alarm_nor_doubted():
    eager = Ear(EAR.listener, threshold=-5.0, doubt=5.0)
    assert (eager.hear("§§§ 👍"), eager.doubts("§§§ 👍")) == (None, False)


def cut_short(folder):
    archive(folder, "a.tar.gz", WORDS | {"noise": list(range(5_000))})
    whole = (folder / "a.tar.gz").read_bytes()
    (folder / "a.tar.gz").write_bytes(whole[: len(whole) // 2])


def without(content, name):
    return {key: value for key, value in content.items() if key != name}


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda folder: None, "no trained model"),
        (lambda folder: (folder / "a.tar.gz").write_bytes(b"no archive"), "cannot be read"),
        (cut_short, "cannot be read"),
        (lambda folder: archive(folder, "a.tar.gz", without(WORDS, "alarm")), "another version"),
        (
            lambda folder: archive(folder, "a.tar.gz", numbers=without(NUMBERS, "bias")),
            "another version",
        ),
        (lambda folder: tarfile.open(folder / "a.tar.gz", "w:gz").close(), "another version"),
    ],
)
def test_without_a_model_that_hears_the_reason_is_told(tmp_path, break_it, sentence):
    break_it(tmp_path)
    with pytest.raises(NoEar, match=sentence):
        newest_ear(tmp_path)


def test_a_text_is_a_row_of_length_one():
    space = Space({"w:uno": 0, "w:due": 1}, np.array([3.0, 4.0]))
    assert space.row(["w:uno"])[1].tolist() == [1.0]
    assert space.row(["w:uno", "w:due", "w:tre"])[1].tolist() == pytest.approx([0.6, 0.8])


async def test_safety_follows_the_published_model_and_a_broken_one_leaves_the_ear(tmp_path):
    safety = Safety.load(ROOT / "data")
    taken = []
    archive(tmp_path, "20260101T000000Z-a.tar.gz")
    assert safety.look("il tubicino") is None
    known = await follow(safety, tmp_path, None, heard=lambda: taken.append("a"))
    assert (safety.look("il tubicino").topic, taken) == ("emergenza", ["a"])
    (tmp_path / "20260102T000000Z-b.tar.gz").write_bytes(b"x")
    known = await follow(safety, tmp_path, known, heard=lambda: taken.append("b"))
    assert (safety.look("il tubicino").topic, taken) == ("emergenza", ["a"])
    loud = {**WORDS, "alarm": {"threshold": 99.0, "doubt": -99.0}}
    archive(tmp_path, "20260103T000000Z-c.tar.gz", words=loud)
    await follow(safety, tmp_path, known, heard=lambda: taken.append("c"))
    assert (safety.look("il tubicino"), taken) == (None, ["a", "c"])
