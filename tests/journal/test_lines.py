"""A line says what happened and to which ids; it never quotes anybody."""

import asyncio
import gc
import io
import json
import logging
from datetime import datetime

import pytest

import journal
from tests.written import writing

WORDS = "mi chiamo Anna Fittizi, RSSMRA80A01H501U, 340 1234567"
logger = logging.getLogger("handoff.somewhere")


def test_a_line_has_moment_level_logger_event_and_the_ids_that_are_bound() -> None:
    with writing() as written, journal.bound(request_id="r" * 32, message="m1"):
        journal.note(logger, "attempt", channel="post", number=2)
    (line,) = written.lines(event="attempt")
    assert datetime.fromisoformat(line.pop("timestamp")).utcoffset() is not None
    assert line == {
        "level": "info",
        "logger": "handoff.somewhere",
        "event": "attempt",
        "request_id": "r" * 32,
        "message": "m1",
        "channel": "post",
        "number": 2,
    }


def test_an_error_is_told_by_its_kind_and_the_way_to_it() -> None:
    with writing() as written:
        try:
            raise ValueError(WORDS)
        except ValueError:
            logger.exception("not stored")
    (line,) = written.lines(event="not stored")
    assert line["error"].startswith("ValueError at test_lines.py:")
    assert "Anna" not in written.whole


async def test_what_others_write_is_told_by_its_place() -> None:
    """asyncio names a lost task with the error in it, httpx the address, SQLAlchemy the values."""

    async def fails() -> None:
        raise ValueError(WORDS)

    with writing() as written:
        lost = asyncio.create_task(fails())
        await asyncio.wait([lost])
        del lost
        gc.collect()
        logging.getLogger("httpx").info("GET https://api/bot%s/x", "123:token")
        logging.getLogger("uvicorn.error").warning("Started %d", 7)
    assert written.lines(logger="asyncio", level="error")
    assert written.lines(event="Started 7")
    assert all(word not in written.whole for word in ("Anna", "RSSMRA", "340", "token"))


@pytest.mark.parametrize(
    ("style", "terminal", "as_json"),
    [("", True, False), ("", False, True), ("json", True, True), ("text", False, False)],
)
def test_text_at_a_terminal_and_json_elsewhere_unless_told(
    style: str, terminal: bool, as_json: bool
) -> None:
    class Out(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    root, out = logging.getLogger(), Out()
    before, level = list(root.handlers), root.level
    try:
        root.handlers = []
        journal.prepare(style, level=logging.INFO, ours=frozenset({"handoff"}), stream=out)
        journal.note(logger, "attempt", channel="post")
    finally:
        root.handlers, root.level = before, level
    assert "attempt" in out.getvalue()
    assert out.getvalue().startswith("{") is as_json
    assert not as_json or json.loads(out.getvalue())["channel"] == "post"


@pytest.mark.parametrize(
    "given", [None, "", "3401234567", "RSSMRA80A01H501U", "a b" * 9, "x" * 65]
)
def test_what_is_no_plain_token_or_could_be_somebodys_number_is_replaced(
    given: str | None,
) -> None:
    made = journal.request_id_of(given)
    assert made != given
    assert journal.request_id_of(made) == made


def test_ids_end_with_what_they_were_bound_for() -> None:
    with journal.followed():
        first = journal.traced()["request_id"]
        with journal.followed():
            assert journal.traced() == {"request_id": first}
        assert journal.headers() == {"X-Request-Id": first}
    assert (journal.traced(), journal.headers()) == ({}, {})
