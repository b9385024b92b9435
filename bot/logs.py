"""What the bot writes down: never what a citizen wrote."""

import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

OURS = "bot"
_handling: ContextVar[bool] = ContextVar("handling", default=False)


class Discreet(logging.Formatter):
    """While a message is handled, others' records tell where they came from, not what they say."""

    def format(self, record: logging.LogRecord) -> str:
        if not _handling.get() or record.name.split(".")[0] == OURS:
            return super().format(record)
        where = f"{record.levelname} {record.name} {record.filename}:{record.lineno}"
        kind = record.exc_info[0] if record.exc_info else None
        return f"{where} (words left out{f', {kind.__name__}' if kind else ''})"


@contextmanager
def handling_a_message() -> Iterator[None]:
    token = _handling.set(True)
    try:
        yield
    finally:
        _handling.reset(token)


def place_of(error: BaseException) -> str:
    """The kind of an error and where it rose; its message may quote the citizen."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__} at {where}" + (f" from {place_of(cause)}" if cause else "")


def prepare() -> None:
    """Rasa's structlog, left alone, prints every debug event, with the text, to the output."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
    # Rasa's warnings are for those who train, and quote what was said
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        processors=[structlog.stdlib.render_to_log_kwargs],
        cache_logger_on_first_use=True,
    )
