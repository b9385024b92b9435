"""The second net hears what no rule foresaw, and its absence is told."""

import io
import json
import tarfile

import pytest

from handoff.safety import Ear, NoEar, Safety, newest_ear
from handoff.settings import ROOT
from italian.listening import Listener

KNOWN = ["mio", "padre", "non", "respira", "nel", "film"]
CONTENT = {
    "threshold": 0.5,
    "doubt": 0.1,
    "labels": ["emergenza", "crisi_psicologica"],
    "bias": [-3.0, -3.0],
    "spaces": {
        "words": {
            **{
                f"w:{word}": [1.0, 0.0, 0.0]
                for word in ["mio", "padre", "non", "respira", "nel", "film"]
            },
            "w:tubicino": [1.0, 9.0, 0.0],
            "w:addio": [1.0, 0.0, 9.0],
            "w:la": [1.0, 0, 0],
        },
        "characters": {},
    },
}
EAR = Ear(Listener.from_content(CONTENT), CONTENT["threshold"], CONTENT["doubt"])
STORY = "buongiorno vorrei sapere dove si paga la visita che la settimana prossima faccio " * 8


def archive(folder, name, content, member="components/train_Alarm2/alarm.json"):
    data = json.dumps(content).encode()
    with tarfile.open(folder / name, "w:gz") as opened:
        info = tarfile.TarInfo(member)
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


def test_the_newest_model_by_name_is_heard_with(tmp_path):
    archive(tmp_path, "20260101T000000Z-old.tar.gz", CONTENT | {"threshold": 0.9})
    archive(tmp_path, "20260201T000000Z-new.tar.gz", CONTENT)
    assert newest_ear(tmp_path).threshold == 0.5


def cut_short(folder):
    archive(folder, "a.tar.gz", CONTENT | {"noise": list(range(5_000))})
    whole = (folder / "a.tar.gz").read_bytes()
    (folder / "a.tar.gz").write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda folder: None, "no trained model"),
        (lambda folder: (folder / "a.tar.gz").write_bytes(b"no archive"), "cannot be read"),
        (cut_short, "cannot be read"),
        (lambda folder: archive(folder, "a.tar.gz", {"labels": []}), "another version"),
        (lambda folder: archive(folder, "a.tar.gz", {}, member="x.json"), "make train"),
    ],
)
def test_without_a_model_that_hears_the_reason_is_told(tmp_path, break_it, sentence):
    break_it(tmp_path)
    with pytest.raises(NoEar, match=sentence):
        newest_ear(tmp_path)


def test_a_listener_weighs_as_a_row_of_length_one():
    listener = Listener(("a",), (0.0,), {"words": {"w:uno": [3.0, 2.0], "w:due": [4.0, 0.0]}})
    assert listener.probabilities("uno")["a"] == pytest.approx(1 / (1 + 2.718281828**-2))
    assert listener.probabilities("uno due")["a"] == pytest.approx(1 / (1 + 2.718281828**-1.2))
