"""Choices that are but lines of a text."""

from handoff.channel import Button
from handoff.channel.choices import lines


def buttons(*titles: str) -> list[Button]:
    return [Button(title=title, payload=title) for title in titles]


def test_choices_are_numbered_in_their_order() -> None:
    assert lines(buttons("Referti", "Come arrivare")) == ["1. Referti", "2. Come arrivare"]


def test_a_score_is_not_numbered_twice() -> None:
    """The question itself says from what to what; "1. 1" would puzzle."""
    assert lines(buttons("1", "2", "3", "4", "5")) == []


def test_numbers_that_are_not_their_own_places_are_numbered() -> None:
    assert lines(buttons("2", "1")) == ["1. 2", "2. 1"]
