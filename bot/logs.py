"""What the bot writes down: never what a citizen wrote."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

import journal
from journal import place_of

__all__ = ["handling_a_message", "place_of", "prepare"]

OURS = "bot"
_handling: ContextVar[bool] = ContextVar("handling", default=False)


@contextmanager
def handling_a_message(request_id: str | None = None) -> Iterator[None]:
    """While a message is handled, others' records tell where they came from, not what they say."""
    token = _handling.set(True)
    try:
        with journal.bound(request_id=journal.request_id_of(request_id)):
            yield
    finally:
        _handling.reset(token)


def prepare() -> None:
    """Rasa's structlog, left alone, prints every debug event, with the text, to the output."""
    journal.prepare(
        os.environ.get("SPORTELLO_LOG_FORMAT", ""),
        level=logging.WARNING,
        ours=frozenset({OURS}),
        freely=lambda: not _handling.get(),
        force=True,
    )
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
