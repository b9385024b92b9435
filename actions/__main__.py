"""The action server: `python -m actions` listens on loopback for the Rasa server."""

import logging
import os
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json

import journal
from actions import lookups
from actions.lookups import LookUpFailed

log = logging.getLogger("actions")
LARGEST_CALL = 4_000_000  # a tracker and the domain


def create_app() -> Sanic[Any, Any]:
    """Our own server around the SDK's executor: the SDK's echoes what citizens wrote into logs."""
    app: Sanic[Any, Any] = Sanic("sportello_actions", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = LARGEST_CALL
    executor = ActionExecutor()
    executor.register_package("actions")

    @app.before_server_start
    async def begin(_: Sanic[Any, Any]) -> None:
        await lookups.begin()

    @app.after_server_stop
    async def end(_: Sanic[Any, Any]) -> None:
        await lookups.close()

    @app.get("/health")
    async def health(_: Request) -> HTTPResponse:
        return json({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        with journal.bound(request_id=journal.request_id_of(request.headers.get(journal.HEADER))):
            return await _run(executor, request.json or {})

    return app


async def _run(executor: ActionExecutor, call: dict[str, Any]) -> HTTPResponse:
    action = str(call.get("next_action"))
    try:
        # The bot sends its domain only to the actions that need it; the SDK wants one always
        result = await executor.run({"domain": {}} | call)
    except ActionNotFoundException:
        return json({"error": "unknown action", "action_name": action}, status=404)
    except LookUpFailed as error:
        log.warning("%s: %s", action, error)
        return json({"error": str(error), "action_name": action}, status=503)
    except Exception as error:  # the message of an unforeseen error may quote a citizen
        log.error("%s: %s", action, journal.place_of(error))
        return json({"error": type(error).__name__, "action_name": action}, status=500)
    journal.note(log, "acted", action=action)
    return json(result.model_dump() if result else None)


def main() -> None:
    style = os.environ.get("SPORTELLO_LOG_FORMAT", "")
    journal.prepare(style, level=logging.WARNING, ours=frozenset({"actions"}))
    log.setLevel(logging.INFO)
    host = os.environ.get("SPORTELLO_ACTIONS_HOST", "127.0.0.1")
    port = int(os.environ["SPORTELLO_ACTIONS_PORT"])
    create_app().run(host=host, port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
