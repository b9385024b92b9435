"""The trainers' API of messages to be looked at: the list, and one decision about each."""

import asyncio
import re
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError

from handoff.knowledge import Knowledge
from handoff.panel import bodies
from handoff.panel.access import PRIVATE
from handoff.panel.bodies import Body
from handoff.panel.training.access import Changing, Looking
from handoff.training import doubts, phrases, review

UNKNOWN = "Questo messaggio non c'è, o non c'è più."
NO_TOPIC = "Scelga l'argomento giusto dall'elenco."
NO_DECISION = "Scelga se aggiungere la frase o ignorarla."
UNDECIDED = "Su questo messaggio non c'è più nessuna decisione: ricarichi la pagina."
DECIDED = "{author} ha già deciso su questo messaggio."
router = APIRouter(prefix="/api/panel/training/review")


class Decision(Body):
    faults: ClassVar[dict[str, str]] = {
        "decision": NO_DECISION,
        "topic": NO_TOPIC,
        "text": phrases.EMPTY,
    }
    decision: Literal["added", "ignored"]
    topic: str | None = None
    text: str | None = None


def _message_id(message_id: str, _: Looking) -> str:
    if not re.fullmatch("[0-9a-f]{32}", message_id):
        raise HTTPException(404, UNKNOWN)
    return message_id


MessageId = Annotated[str, Depends(_message_id)]


@router.get("")
async def shelf(request: Request, response: Response, entry: Looking) -> dict[str, Any]:
    """What waits for a decision, the latest decisions, and the topics to choose from."""
    response.headers.update(PRIVATE)
    knowledge: Knowledge = request.app.state.knowledge
    async with request.app.state.database.read() as session:
        return {
            "doubts": list(doubts.shown(await doubts.doubts(session), knowledge)),
            "decided": [review.shown(each, knowledge) for each in await review.latest(session)],
            "topics": [{"key": key, "title": title} for title, key in _topics(knowledge)],
        }


@router.post("/{message_id}")
async def decide(request: Request, message_id: MessageId, entry: Changing) -> Response:
    given = await bodies.read(Decision, request)
    database, knowledge = request.app.state.database, request.app.state.knowledge
    chosen = await _chosen(request, given) if given.decision == "added" else {}
    try:
        async with database.begin() as session:
            if not await doubts.is_citizens(session, message_id):
                raise HTTPException(404, UNKNOWN)
            made = review.decide(
                session, message_id, given.decision, operator=entry.operator, **chosen
            )
    except IntegrityError:
        return await _lost(request, message_id)
    return JSONResponse(review.shown(made, knowledge), headers=PRIVATE)


@router.post("/{message_id}/withdraw")
async def withdraw(request: Request, message_id: MessageId, entry: Changing) -> Response:
    """The message waits for a decision again; 404 when somebody else withdrew it before."""
    async with request.app.state.database.begin() as session:
        if not await review.withdraw(session, message_id):
            raise HTTPException(404, UNDECIDED)
    return Response(status_code=204, headers=PRIVATE)


async def _chosen(request: Request, given: Decision) -> dict[str, str]:
    """Topic and phrase, fit to learn from; 422 with the reason otherwise."""
    state, topic = request.app.state, given.topic or ""
    if topic not in {key for _, key in _topics(state.knowledge)}:
        raise HTTPException(422, NO_TOPIC)
    text = phrases.tidy(bodies.storable(given.text or ""))
    book = await asyncio.to_thread(phrases.book, state.settings.data)
    async with state.database.read() as session:
        added = await phrases.added(session)
    if fault := phrases.fault(book, added, text, topic, titled=state.knowledge.title):
        raise HTTPException(422, fault)
    return {"topic": topic, "text": text}


async def _lost(request: Request, message_id: str) -> Response:
    async with request.app.state.database.read() as session:
        made = await review.of_message(session, message_id)
    if made is None:
        raise HTTPException(404, UNKNOWN)
    present = review.shown(made, request.app.state.knowledge)
    content = {"detail": DECIDED.format(author=made.author), "present": present}
    return JSONResponse(content, 409, headers=PRIVATE)


def _topics(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Title and key, by title; sentences are no topics."""
    entries = knowledge.entries.values()
    return sorted((each.title, each.topic) for each in entries if each.kind != "sentence")
