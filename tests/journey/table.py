"""What every channel did, in a table of at most 120 columns."""

import textwrap
from collections.abc import Iterable
from typing import Any

from tests.journey.base import Side
from tests.journey.course import Course

COLUMNS = {
    "canale": 10,
    "come passa": 23,
    "sec.": 6,
    "scelte": 18,
    "stato della risposta": 25,
    "si può scrivere": 17,
    "richiesta": 12,
    "chiusa": 8,
}
WIDTH = sum(COLUMNS.values())
STATES = {"sent": "inviato", "delivered": "consegnato", "read": "letto"}
NONE = "–"


def heading() -> str:
    return f"{_line(tuple(COLUMNS))}\n{'─' * WIDTH}"


def row(course: Course) -> str:
    return _line(
        (
            course.channel,
            course.by,
            NONE if course.seconds is None else f"{course.seconds:.2f}".replace(".", ","),
            _choices(course),
            _states(course),
            window(course.reach),
            course.ticket,
            _closed(course),
        )
    )


def failure(channel: str, why: str) -> str:
    return f"{channel.ljust(COLUMNS['canale'])}NON RIUSCITO: {why}"


def _choices(course: Course) -> str:
    if course.choices is None:
        return NONE
    look, number = course.choices
    return f"{number} {look}"


def notes(sides: Iterable[type[Side]]) -> str:
    return "\n".join(side.name.ljust(COLUMNS["canale"]) + side.note for side in sides)


def paragraph(title: str, text: str) -> str:
    """A text beside its title, as wide as the table."""
    indent = " " * COLUMNS["canale"]
    lines = [
        line
        for part in text.splitlines()
        for line in textwrap.wrap(part, WIDTH - len(indent)) or [""]
    ]
    return title.ljust(len(indent)) + f"\n{indent}".join(lines)


def _closed(course: Course) -> str:
    if not course.closed:
        return "no"
    return "sì" if course.score is None else f"voto {course.score}"


def _states(course: Course) -> str:
    if course.reach["standing"] == "by_hand":
        return "a voce"
    words = [STATES.get(state, state) for state in course.states]
    return "→".join(words) or "ritirato dal cittadino"


def window(reach: dict[str, Any]) -> str:
    """How long one may write after a citizen's last message."""
    if reach["standing"] == "by_hand":
        return NONE
    hours = reach["window_hours"]
    if hours is None:
        return "sempre"
    span = f"{hours / 24:.0f} giorni" if hours > 48 else f"{hours:.0f} ore"
    return f"{span} + modelli" if reach["has_templates"] else span


def _line(cells: tuple[str, ...]) -> str:
    pairs = zip(cells, COLUMNS.values(), strict=True)
    return "".join(cell.ljust(width) for cell, width in pairs).rstrip()
