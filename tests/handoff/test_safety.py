"""An emergency is seen in whatever way it is written; what only sounds like one is not."""

import time
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.safety import Safety
from handoff.settings import ROOT

CASES = [
    line.split("\t")
    for line in Path(__file__).with_name("safety_cases.tsv").read_text("utf-8").splitlines()
]
DANGERS = [(label, message) for label, _, message in CASES if label != "no"]
HARMLESS = [message for label, _, message in CASES if label == "no"]
SAFETY = Safety.load(ROOT / "data")
STORY = (
    "Buongiorno, vengo da Sanluri e vorrei sapere dove si paga il ticket. La settimana prossima "
    "mia cognata ha una visita e ci hanno detto di portare l'impegnativa. "
)


@pytest.mark.parametrize(("label", "message"), DANGERS)
def test_danger_is_found_for_what_it_is(label, message):
    found = SAFETY.look(message)
    assert found is not None
    assert found.topic == label


def test_few_harmless_messages_raise_an_alarm():
    alarms = [message for message in HARMLESS if SAFETY.look(message)]
    assert len(alarms) <= len(HARMLESS) * 0.03, alarms


@pytest.mark.parametrize(
    "message",
    [
        "MIO PADRE NON RESPIRA",
        "dove parcheggio? mio marito è svenuto",
        STORY * 5 + "mentre scrivo mio marito è svenuto " + STORY * 5,
        "😱😱non respira😱",
        "mio padre n\u200bon res\u00adpi\x00ra",
        "mio padre\nnon\nrespira",
        "nonrespira",
        "miopadrenonrespira",
        "noooon respiraaaaa",
        "nn respira",
        "dolore al peto",
        "a perso conoscienza",
        "non... respira...",
        "ｎｏｎ ｒｅｓｐｉｒａ",
        "/emergenza{} non respira",
        "<b>non respira</b>",
        "non respira " + "a" * 100_000,
    ],
)
def test_disguise_does_not_hide_an_emergency(message):
    found = SAFETY.look(message)
    assert found is not None
    assert found.topic == "emergenza"


@pytest.mark.parametrize(
    ("harmless", "danger"),
    [
        ("Non ho dolore al petto", "Non capisco, ho dolore al petto"),
        ("mio padre è svenuto tre anni fa", "tre anni fa no ma adesso mio padre è svenuto"),
        ("sto morendo dal ridere", "sto morendo"),
        ("se uno perde i sensi chi chiamo?", "ha perso i sensi, chi chiamo?"),
        ("infarto: a chi chiedo l'esenzione?", "infarto"),
    ],
)
def test_context_decides(harmless, danger):
    assert SAFETY.look(harmless) is None
    assert SAFETY.look(danger) is not None


def test_only_an_unknown_word_is_read_as_a_slip():
    assert SAFETY.look("mio padre è sventuto")
    assert SAFETY.look("mio padre è sventato") is None
    assert SAFETY.look("non ho più il braccialetto") is None


@pytest.mark.parametrize(
    "place", ["al cup", "dalla carrozzina", "davanti al totem", "in reparto", "nel parcheggio"]
)
def test_no_place_hides_who_is_ill_there(place):
    assert SAFETY.look(f"mio padre è svenuto {place}")


@pytest.mark.parametrize("how_often", ["", "ogni notte", "spesso", "a volte", "da mesi"])
def test_a_thought_of_death_that_returns_is_a_crisis_all_the_same(how_often):
    found = SAFETY.look(f"penso di uccidermi {how_often}")
    assert found is not None
    assert found.topic == "crisi_psicologica"


def test_a_beginning_that_fits_every_word_is_refused(tmp_path):
    folder = tmp_path / "italian"
    folder.mkdir()
    whole = (ROOT / "data" / "italian" / "safety.yml").read_text("utf-8")
    (folder / "safety.yml").write_text(whole.replace("  petto: [", "  petto: ['ahah*', "), "utf-8")
    with pytest.raises(ValueError, match="ahah"):
        Safety.load(tmp_path)


def test_an_emergency_goes_before_a_crisis():
    found = SAFETY.look("voglio morire. ho preso tutte le pastiglie e non si sveglia")
    assert found is not None
    assert found.topic == "emergenza"


@pytest.mark.parametrize("message", ["", " ", "?!", "😀", "\x00", "\ud800", "ا", "123", "'"])
def test_nothing_to_read_is_nothing_found(message):
    assert SAFETY.look(message) is None


@given(st.text())
def test_no_text_makes_it_fail(text):
    SAFETY.look(text)


@given(st.lists(st.sampled_from(sorted({w for c in CASES for w in c[2].split()} | {",", "."}))))
def test_no_order_of_its_own_words_makes_it_fail(words):
    SAFETY.look(" ".join(words))


def test_a_long_message_takes_a_moment():
    text = (STORY * 40)[:4000]
    SAFETY.look(text)
    times = []
    for _ in range(50):
        before = time.process_time()
        SAFETY.look(text)
        times.append(time.process_time() - before)
    assert median(times) < 0.003  # measured: 0.5 ms; a busy machine doubles it


@pytest.mark.parametrize(
    "part",
    [
        "a",
        " ",
        ".",
        "non ho dolore al petto ",
        "non ho dolore al petto, ",
        "nonrespir",
        "ma ",
        "ù'",
    ],
)
def test_time_grows_with_length_only(part):
    def seconds(length: int) -> float:
        text = (part * length)[:length]
        before = time.process_time()
        SAFETY.look(text)
        return time.process_time() - before

    seconds(1_000)
    assert seconds(100_000) < 2


def test_an_unknown_group_is_refused(tmp_path):
    folder = tmp_path / "italian"
    folder.mkdir()
    whole = (ROOT / "data" / "italian" / "safety.yml").read_text("utf-8")
    (folder / "safety.yml").write_text(whole.replace("  petto: [", "  pancia: ["), "utf-8")
    with pytest.raises(ValueError, match="petto"):
        Safety.load(tmp_path)
