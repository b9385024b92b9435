"""What training keeps of the model is what safety listens with, and it means the same."""

import json

import numpy as np
import pytest

from bot.nlu import alarm_search
from bot.nlu.linear import LinearModel
from bot.nlu.storage import NUMBERS, WORDS, save
from bot.nlu.unseen import leave_one_voice_out
from bot.phrases import Phrase
from italian.listening import Listener

DANGER = ["non respira più", "non respira e ha le labbra blu", "è svenuto e non respira"]
DESPAIR = ["voglio morire", "voglio farla finita", "non voglio più vivere, voglio morire"]
HARMLESS = ["dove posso parcheggiare", "vorrei prenotare una visita", "a che ora apre il cup"]
TEXTS = [*DANGER, *DESPAIR, *HARMLESS]
LABELS = ["emergenza"] * 3 + ["crisi_psicologica"] * 3 + ["parcheggio"] * 3
ALARMS = alarm_search.ALARMS


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return LinearModel.train(TEXTS, LABELS)


@pytest.fixture(scope="module")
def kept(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    save(model, folder)
    return json.loads((folder / WORDS).read_text("utf-8")), np.load(folder / NUMBERS)


@pytest.fixture(scope="module")
def listener(kept) -> Listener:
    return Listener.read(*kept)


@pytest.mark.parametrize(
    ("text", "loudest"),
    [("mio padre non respira", "emergenza"), ("voglio morire", "crisi_psicologica")],
)
def test_it_tells_a_danger_from_despair_and_both_from_the_rest(listener, text, loudest):
    heard = listener.above(text, ALARMS)
    assert max(heard, key=heard.__getitem__) == loudest
    assert heard[loudest] > 0 > max(listener.above("posso parcheggiare?", ALARMS).values())


def test_the_service_hears_what_the_bot_would(model, listener):
    ranking = model.read("è svenuto").ranking
    heard = listener.above("è svenuto", ("parcheggio",))
    assert (ranking[0][0] == "parcheggio") == (heard["parcheggio"] > 0)


def test_the_levels_travel_with_the_model(kept):
    assert kept[0]["alarm"].keys() == {"threshold", "doubt"}


def test_the_threshold_lets_no_more_than_the_promised_share_of_harmless_phrases_through():
    harmless = np.linspace(-2, 0.5, 1000)
    level = alarm_search.threshold(harmless)
    assert (harmless >= level).mean() <= alarm_search.MOST_FALSE
    assert (harmless >= level - 0.01).mean() > alarm_search.MOST_FALSE - 0.005


def test_hardly_a_real_alarm_is_as_quiet_as_what_is_doubted():
    real = np.linspace(-1, 1, 1000)
    assert 0 < (real < alarm_search.doubt(real)).mean() <= alarm_search.MOST_DOUBTED


def test_every_phrase_is_judged_by_an_ear_that_never_heard_its_voice():
    voices = {"giovani": TEXTS, "parenti": [f"{text} oggi" for text in TEXTS]}
    phrases = [
        Phrase(label, text, voice, "semplice", "a")
        for voice, texts in voices.items()
        for text, label in zip(texts, LABELS, strict=True)
    ]
    heard = alarm_search.loudness(leave_one_voice_out(phrases))
    real = np.array([each.topic in ALARMS for each in phrases])
    assert heard[real].min() > heard[~real].max()
