"""The one door of the bot: converse, erase, health."""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as reply
from sqlalchemy.exc import SQLAlchemyError

import journal
from bot.answers import NoReply
from bot.logs import handling_a_message, place_of
from bot.processor import Processor, Stale, UnknownPayload
from bot.question import BadQuestion, read_question
from bot.trackers import Overtaken

logger = logging.getLogger(__name__)

# handoff waits five seconds: it shall hear of a slow answer from us, not from its own clock
LONGEST = 4.0
FAULT = 500
UNSTORED = (503, "The conversation could not be stored.")
REFUSALS: dict[type[Exception], tuple[int, str]] = {
    UnknownPayload: (422, "No button carries this payload."),
    Stale: (409, "A later message of this conversation was answered already."),
    Overtaken: UNSTORED,
    SQLAlchemyError: UNSTORED,
    asyncio.TimeoutError: (504, "The answer took too long."),
    NoReply: (502, "The bot had nothing to say."),
    Exception: (502, "The bot could not answer."),
}
View = Callable[..., Awaitable[HTTPResponse]]


class Door(InputChannel):
    """Rasa's word for it is a channel; only handoff comes through, with its token."""

    def __init__(self, token: str) -> None:
        self._token = f"Bearer {token}".encode()

    @classmethod
    def name(cls) -> str:
        return "handoff"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's `on_new_message` returns nothing, so the processor is asked directly."""
        door = Blueprint("handoff")
        door.add_route(self._guarded(converse), "/converse", methods=["POST"])
        erasing = self._guarded(erase)
        door.add_route(erasing, "/conversations/<conversation_id>", methods=["DELETE"])
        door.add_route(health, "/health", methods=["GET"])
        return door

    def _guarded(self, view: View) -> View:
        @wraps(view)
        async def guarded(request: Request, **path: str) -> HTTPResponse:
            given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, self._token):
                return refuse(401, "The token is missing or wrong.")
            with handling_a_message(request.headers.get(journal.HEADER)):
                return await answer_or_refuse(view(request, **path))

        return guarded


async def answer_or_refuse(view: Awaitable[HTTPResponse]) -> HTTPResponse:
    """Each failure has its own status; nothing of it was stored."""
    try:
        return await asyncio.wait_for(view, LONGEST)
    except BadQuestion as error:
        return refuse(422, str(error))
    except Exception as error:
        status, detail = next(REFUSALS[kind] for kind in REFUSALS if isinstance(error, kind))
        if status >= FAULT:
            logger.error("%s %s", detail, place_of(error))
        return refuse(status, detail)


def refuse(status: int, detail: str) -> HTTPResponse:
    return reply({"detail": detail}, status=status)


async def converse(request: Request) -> HTTPResponse:
    question = read_question(request.body)
    with journal.bound(conversation=question.conversation_id, message=question.message_id):
        answer = await processor_of(request).converse(question)
        journal.note(logger, "answered", decision=answer["decision"])
    return reply(answer, dumps=json.dumps)


async def erase(request: Request, conversation_id: str) -> HTTPResponse:
    await processor_of(request).tracker_store.erase(conversation_id)
    return empty()


async def health(request: Request) -> HTTPResponse:
    return reply({"status": "ok", "model": processor_of(request).model_name})


def processor_of(request: Request) -> Processor:
    return request.app.ctx.processor
