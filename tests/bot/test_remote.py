"""The action server's answers are still checked, by a schema that is read once."""

import asyncio

import pytest
from jsonschema import ValidationError
from rasa.core.actions import action

from bot.remote import ActionServer, CheckedAction, install

GOOD = {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "ok"}]}


def test_an_answer_of_the_agreed_form_is_taken():
    assert CheckedAction("action_x", None)._validate_action_result(GOOD)


@pytest.mark.parametrize("bad", [{"events": "none"}, {"responses": ["ok"]}, {"events": [{}]}, []])
def test_an_answer_of_another_form_is_refused(bad):
    with pytest.raises(ValidationError):
        CheckedAction("action_x", None)._validate_action_result(bad)


def test_every_action_that_rasa_makes_is_checked_so(monkeypatch):
    monkeypatch.setattr(action, "RemoteAction", action.RemoteAction)
    install()
    assert action.RemoteAction is CheckedAction


def test_a_session_serves_every_call_of_its_loop_until_the_end():
    async def call_twice(server):
        async with server.session() as first, server.session() as second:
            pass
        kept = first is second and not first.closed
        await server.close()
        return kept, first.closed

    server = ActionServer("http://127.0.0.1:1/webhook")
    assert asyncio.run(call_twice(server)) == (True, True)
    assert asyncio.run(call_twice(server)) == (True, True)
