"""The trainers' API of answers: look, change, propose, decide, restore."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge import editing, revisions
from handoff.knowledge.blocks import BadKnowledge
from handoff.panel import bodies
from handoff.panel.access import PRIVATE
from handoff.panel.bodies import Body
from handoff.panel.sessions import Entry
from handoff.panel.training.access import Changing, Looking
from handoff.training import answers, proposals

LONGEST_REASON = 300
UNKNOWN = "Questa risposta non esiste."
NO_REASON = "Scriva in poche parole il motivo: lo leggerà chi viene dopo di Lei (al massimo 300)."
NO_NUMBER = "Manca il numero della versione che ha letto: ricarichi la pagina."
UNSAYABLE = "Così la risposta non si può dire: la riveda, per favore."
OVERTAKEN = (
    "Nel frattempo {author} ha cambiato questa risposta. "
    "Il Suo testo è ancora qui: lo confronti con quello nuovo e, se va bene, lo salvi di nuovo."
)
TOPIC = "[a-z][a-z0-9_]{1,63}"


def _short(reason: str) -> str:
    if len(reason) > LONGEST_REASON:
        raise PydanticCustomError("too_long", NO_REASON)
    return reason


Number = Annotated[int, Field(ge=1, lt=2**31)]
Reason = Annotated[bodies.Text, AfterValidator(_short)]
router = APIRouter(prefix="/api/panel/training/answers")


def _key(key: str, _: Looking) -> str:
    """Not everything that fits into an address fits into a database; strangers learn nothing."""
    if not re.fullmatch(TOPIC, key):
        raise HTTPException(404, UNKNOWN)
    return key


Key = Annotated[str, Depends(_key)]


class Change(Body):
    """`seen`: the number of the revision that the trainer had before them."""

    faults: ClassVar[dict[str, str]] = {
        "text": answers.EMPTY,
        "reason": NO_REASON,
        "seen": NO_NUMBER,
        "number": NO_NUMBER,
    }
    reason: Reason
    seen: Number


class NewText(Change):
    text: bodies.Text


class Restoring(Change):
    number: Number


class Decision(Body):
    """`proposal`: the number of the one that was read."""

    faults: ClassVar[dict[str, str]] = {"proposal": NO_NUMBER, "reason": NO_REASON}
    proposal: Annotated[int, Field(ge=1, lt=2**63)]
    reason: Reason | None = None


@router.get("")
async def shelf(request: Request, response: Response, entry: Looking) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    async with request.app.state.database.read() as session:
        return {"answers": await answers.topics(session)}


@router.get("/{key}")
async def look(request: Request, response: Response, key: Key, entry: Looking) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    return await _answer(request, key, entry)


@router.post("/{key}")
async def change(request: Request, key: Key, entry: Changing) -> Response:
    """Live at once; of high risk it waits for another person."""
    given = await bodies.read(NewText, request)
    text = answers.tidy(given.text)

    async def step(session: AsyncSession) -> None:
        before = revisions.block_of((await revisions.history(session, key))[-1])
        if fault := answers.fault(before, text):
            raise HTTPException(422, fault)
        if before.entry()["risk"] == proposals.HIGH:
            by, reason, seen = entry.operator, given.reason, given.seen
            await proposals.propose(session, key, text, by=by, reason=reason, seen=seen)
        else:
            await editing.set_text(session, key, text, **_who_and_why(entry, given))

    return await _change(request, key, entry, step)


@router.post("/{key}/publish")
async def publish(request: Request, key: Key, entry: Changing) -> Response:
    given = await bodies.read(Decision, request)
    return await _change(
        request,
        key,
        entry,
        lambda session: proposals.publish(session, key, given.proposal, by=entry.operator),
    )


@router.post("/{key}/drop")
async def drop(request: Request, key: Key, entry: Changing) -> Response:
    given = await bodies.read(Decision, request)

    async def step(session: AsyncSession) -> None:
        await proposals.drop(session, key, given.proposal, by=entry.operator, why=given.reason)

    return await _change(request, key, entry, step)


@router.post("/{key}/restore")
async def restore(request: Request, key: Key, entry: Changing) -> Response:
    given = await bodies.read(Restoring, request)
    by, reason = entry.operator, given.reason

    async def step(session: AsyncSession) -> None:
        await proposals.restore(session, key, given.number, by=by, reason=reason, seen=given.seen)

    return await _change(request, key, entry, step)


def _who_and_why(entry: Entry, given: Change) -> dict[str, Any]:
    return {"author": entry.operator.name, "reason": given.reason, "seen": given.seen}


async def _change(
    request: Request, key: str, entry: Entry, step: Callable[[AsyncSession], Awaitable[object]]
) -> Response:
    """The answer as it is afterwards; for the loser as it is now."""
    await _answer(request, key, entry)  # 404 before anything else
    try:
        async with request.app.state.database.begin() as session:
            await step(session)
    except (revisions.Outdated, IntegrityError) as error:
        present = await _answer(request, key, entry)
        return _lost(_overtaken(error, present), present)
    except proposals.NotNow as why:
        return _lost(str(why), await _answer(request, key, entry))
    except BadKnowledge as error:
        raise HTTPException(422, UNSAYABLE) from error
    return JSONResponse(await _answer(request, key, entry), headers=PRIVATE)


def _overtaken(error: Exception, present: dict[str, Any]) -> str:
    """Of two proposals of one moment the second meets the first's index."""
    waiting = present["proposal"]
    if isinstance(error, IntegrityError) and waiting and not waiting["refused_by"]:
        return proposals.WAITS.format(author=waiting["author"])
    return OVERTAKEN.format(author=present["revisions"][0]["author"])


def _lost(detail: str, present: dict[str, Any]) -> Response:
    return JSONResponse({"detail": detail, "present": present}, 409, headers=PRIVATE)


async def _answer(request: Request, key: str, entry: Entry) -> dict[str, Any]:
    state = request.app.state
    async with state.database.read() as session:
        found = await answers.answer(session, key, knowledge=state.knowledge, to=entry.operator)
    if found is None:
        raise HTTPException(404, UNKNOWN)
    return found
