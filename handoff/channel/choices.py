"""Buttons as lines of a text, where a provider has none."""

from collections.abc import Sequence

from handoff.channel.outgoing import Button


def lines(buttons: Sequence[Button]) -> list[str]:
    """Numbered; none where the titles are these numbers, as a score's: then the text says it."""
    numbered = list(enumerate((button.title for button in buttons), 1))
    if all(title == str(number) for number, title in numbered):
        return []
    return [f"{number}. {title}" for number, title in numbered]
