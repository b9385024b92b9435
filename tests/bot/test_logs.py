"""A request's id reaches the actions and stands in the log; what was said does not."""

import logging

import pytest

from tests.bot.actions import ActionServer
from tests.bot.doors import Door

ID = "a1b2c3d4e5f6a7b8c9d0e1f2"
WORDS = "il reparto di ortopedia per RSSMRA80A01H501U"


def test_one_id_from_handoff_to_the_actions(
    door: Door, actions: ActionServer, caplog: pytest.LogCaptureFixture
) -> None:
    formatter = logging.getLogger().handlers[0].formatter
    caplog.handler.setFormatter(formatter)
    door.http.headers["X-Request-Id"] = ID
    door.ask(WORDS, message_id="m1")
    actions.fault = "broken"
    assert door.ask(WORDS, message_id="m2").status_code == 502
    assert actions.request_ids == [ID] * len(actions.asked)
    lines = [line for line in caplog.text.splitlines() if ID in line]
    assert any("answered" in line and "m1" in line for line in lines)
    assert any("could not answer" in line for line in lines)
    assert "RSSMRA" not in caplog.text
