"""Long texts are cut where a reader would pause, by the unit that the provider counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.channel.parts import characters, split, utf8_bytes, utf16_units


def test_cuts_between_paragraphs_rather_than_sentences() -> None:
    first, second = "Una frase. " * 250 + "Fine.", "Un'altra. " * 200 + "Fine."
    assert split(f"{first}\n\n{second}", 4096) == [first, second]


def test_counts_as_telegram_does() -> None:
    assert [len(part) for part in split("🙂" * 3000, 4096, utf16_units)] == [2048, 952]


def test_counts_bytes_for_instagram() -> None:
    assert [len(part) for part in split("è" * 900, 1000, utf8_bytes)] == [500, 400]


@pytest.mark.parametrize("measure", [characters, utf16_units, utf8_bytes])
@given(text=st.text(alphabet="a .?\nè🙂", max_size=300))
def test_loses_no_word_and_keeps_the_limit(measure, text) -> None:  # type: ignore[no-untyped-def]
    parts = split(text, 40, measure)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < measure(part) <= 40 for part in parts)
