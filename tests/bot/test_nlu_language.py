"""Other languages are recognised; Italian is Italian however it is spelt."""

import pytest
import yaml

from bot.nlu.language import ITALIAN, KNOWN, language_of
from bot.phrases import read_phrases
from bot.snapshot import PACKAGED

FOREIGN = "lingua_straniera"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, where is the radiology department?", "en"),
        ("je voudrais parler avec une personne", "fr"),
        ("quiero pedir una cita con el médico", "es"),
        ("Bună ziua, cum pot face o programare?", "ro"),
        ("我想预约", "zh"),
        ("مرحبا أريد موعد", "ar"),
        ("мені потрібна допомога лікаря", "uk"),
    ],
)
def test_a_language_is_recognised(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "?!", "😀", "ok", "ticket", "nn so dv andare", "perché no"])
def test_what_is_not_surely_another_language_is_italian(text):
    assert language_of(text) == ITALIAN


def test_hardly_an_italian_phrase_is_taken_for_another_language():
    italian = [each for each in read_phrases(PACKAGED) if each.topic != FOREIGN]
    taken = [each.text for each in italian if language_of(each.text) != ITALIAN]
    assert len(taken) <= len(italian) * 0.003, taken


def test_whoever_is_recognised_is_answered_in_that_language():
    file = PACKAGED / "knowledge" / "conversazione.yml"
    variants = yaml.safe_load(file.read_text(encoding="utf-8"))[FOREIGN]["variants"]
    assert set(variants) == set(KNOWN.split()) - {ITALIAN}
