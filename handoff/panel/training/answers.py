"""The trainers' API of answers: look, change, restore."""

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
from handoff.training import answers

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


@router.get("")
async def shelf(request: Request, response: Response, entry: Looking) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    async with request.app.state.database.read() as session:
        return {"answers": await answers.topics(session)}


@router.get("/{key}")
async def look(request: Request, response: Response, key: Key, entry: Looking) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    return await _answer(request, key)


@router.post("/{key}")
async def change(request: Request, key: Key, entry: Changing) -> Response:
    given = await bodies.read(NewText, request)
    text = answers.tidy(given.text)

    async def step(session: AsyncSession) -> None:
        past = await revisions.history(session, key)
        if past and (fault := answers.fault(revisions.block_of(past[-1]), text)):
            raise HTTPException(422, fault)
        await editing.set_text(session, key, text, **_who_and_why(entry, given))

    return await _change(request, key, step)


@router.post("/{key}/restore")
async def restore(request: Request, key: Key, entry: Changing) -> Response:
    given = await bodies.read(Restoring, request)
    return await _change(
        request,
        key,
        lambda session: editing.restore(session, key, given.number, **_who_and_why(entry, given)),
    )


def _who_and_why(entry: Entry, given: Change) -> dict[str, Any]:
    return {"author": entry.operator.name, "reason": given.reason, "seen": given.seen}


async def _change(
    request: Request, key: str, step: Callable[[AsyncSession], Awaitable[object]]
) -> Response:
    """The answer as it is afterwards; for the loser as it is now."""
    await _answer(request, key)  # 404 before anything else
    try:
        async with request.app.state.database.begin() as session:
            await step(session)
    except (revisions.Outdated, IntegrityError):
        present = await _answer(request, key)
        detail = OVERTAKEN.format(author=present["revisions"][0]["author"])
        return JSONResponse({"detail": detail, "present": present}, 409, headers=PRIVATE)
    except BadKnowledge as error:
        raise HTTPException(422, UNSAYABLE) from error
    return JSONResponse(await _answer(request, key), headers=PRIVATE)


async def _answer(request: Request, key: str) -> dict[str, Any]:
    state = request.app.state
    async with state.database.read() as session:
        found = await answers.answer(session, key, knowledge=state.knowledge)
    if found is None:
        raise HTTPException(404, UNKNOWN)
    return found
