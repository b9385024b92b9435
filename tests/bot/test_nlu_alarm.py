"""What training writes of the alarm is what safety reads, and it means the same."""

import json

import pytest

from bot.nlu.alarm import learn
from italian.listening import Listener

DANGER = ["non respira più", "non respira e ha le labbra blu", "è svenuto e non respira"]
DESPAIR = ["voglio morire", "voglio farla finita", "non voglio più vivere, voglio morire"]
HARMLESS = ["dove posso parcheggiare", "vorrei prenotare una visita", "a che ora apre il cup"]
TEXTS = [*DANGER, *DESPAIR, *HARMLESS]
LABELS = ["emergenza"] * 3 + ["crisi_psicologica"] * 3 + ["parcheggio"] * 3


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener.from_content(json.loads(json.dumps(learn(TEXTS, LABELS))))


@pytest.mark.parametrize(
    ("text", "loudest"),
    [("mio padre non respira", "emergenza"), ("voglio morire", "crisi_psicologica")],
)
def test_it_tells_a_danger_from_despair(listener, text, loudest):
    heard = listener.probabilities(text)
    assert max(heard, key=heard.__getitem__) == loudest
    assert heard[loudest] > max(listener.probabilities("posso parcheggiare?").values())


def test_topics_that_nobody_wrote_for_are_not_listened_for():
    content = learn(HARMLESS + DANGER, ["parcheggio"] * 3 + ["emergenza"] * 3)
    assert content["labels"] == ["emergenza"]
