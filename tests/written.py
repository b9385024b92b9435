"""What our programs write into their logs, as it would stand there."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from handoff.cli import SPEAKING
from journal.lines import Discretion, JsonLines, Readable


class Written:
    """Everything, from everybody, in both forms."""

    def __init__(self) -> None:
        self._json, self._text = StringIO(), StringIO()

    def handlers(self) -> list[logging.Handler]:
        discretion = Discretion(SPEAKING)
        made: list[logging.Handler] = []
        for out, form in ((self._json, JsonLines), (self._text, Readable)):
            handler = logging.StreamHandler(out)
            handler.setFormatter(form(discretion))
            made.append(handler)
        return made

    @property
    def whole(self) -> str:
        return self._json.getvalue() + self._text.getvalue()

    def lines(self, **facts: Any) -> list[dict[str, Any]]:
        """Those that say all of this."""
        read = (json.loads(line) for line in self._json.getvalue().splitlines())
        return [line for line in read if facts.items() <= line.items()]


@contextmanager
def writing() -> Iterator[Written]:
    written, root = Written(), logging.getLogger()
    handlers, before = written.handlers(), root.level
    root.setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield written
    finally:
        root.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
