"""One line for each event: JSON for machines, words for a terminal."""

import json
import logging
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TextIO

from journal.ids import current

FRAMES = 6  # the innermost ones are told of an error


def note(logger: logging.Logger, event: str, **facts: str | float | bool | None) -> None:
    """Something that happened: ids, numbers and names of ours, nothing that came from outside."""
    logger.info(event, extra={"facts": facts}, stacklevel=2)


def place_of(error: BaseException) -> str:
    """The kind of an error and where it rose; its message may quote a citizen."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__} at {where}" + (f" from {place_of(cause)}" if cause else "")


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Discretion:
    """Whose words may be written: our own programs' do not quote; libraries' may."""

    ours: frozenset[str]
    freely: Callable[[], bool] = _never  # True while nobody's message is being handled

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        """An error is told by its kind and the way to it."""
        told: dict[str, Any] = {"event": self._event(record)}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told["error"] = place_of(error)
            told["way"] = _way(error)
            if self.freely():
                told["traceback"] = "".join(traceback.format_exception(error))
        return {**told, **current(), **getattr(record, "facts", {})}

    def _event(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] in self.ours or self.freely():
            return record.getMessage()
        return f"(words left out) {record.filename}:{record.lineno}"


def _way(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")


class JsonLines(logging.Formatter):
    def __init__(self, discretion: Discretion) -> None:
        super().__init__()
        self._discretion = discretion

    def format(self, record: logging.LogRecord) -> str:
        head = {
            "timestamp": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        return json.dumps(head | self._discretion.facts(record), ensure_ascii=False, default=str)


class Readable(logging.Formatter):
    def __init__(self, discretion: Discretion) -> None:
        super().__init__()
        self._discretion = discretion

    def format(self, record: logging.LogRecord) -> str:
        facts = self._discretion.facts(record)
        event, trace = facts.pop("event"), facts.pop("traceback", "")
        head = f"{_moment(record)[11:23]} {record.levelname} {record.name} {event}"
        return "\n".join(filter(None, (f"{head}{_pairs(facts)}", trace)))


def _pairs(facts: Mapping[str, Any]) -> str:
    return "".join(f" {name}={value}" for name, value in facts.items() if value is not None)


def prepare(
    style: str,
    *,
    level: int,
    ours: frozenset[str],
    freely: Callable[[], bool] = _never,
    stream: TextIO | None = None,
    force: bool = False,
) -> None:
    """From now on all loggers write to `stream` (else standard error).

    `style`: json | text; anything else is text at a terminal and JSON elsewhere.
    `force`: also where a library has set up the logging already.
    """
    out = stream or sys.stderr
    as_json = style == "json" or (style != "text" and not out.isatty())
    handler = logging.StreamHandler(out)
    discretion = Discretion(ours, freely)
    handler.setFormatter((JsonLines if as_json else Readable)(discretion))
    logging.basicConfig(level=level, handlers=[handler], force=force)
