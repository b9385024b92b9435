"""The panel's API of contacts by voice: at the desk, on the phone."""

from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator, Field

from handoff import tickets
from handoff.panel import bodies
from handoff.panel.access import PRIVATE, Acting, Known
from handoff.panel.bodies import Body, InOneLine, Text
from handoff.panel.tickets import details_of
from handoff.tickets import Contact

NO_CHANNEL = "Scelga come è arrivato il contatto: allo sportello o per telefono."
NO_TOPIC = "L'argomento scelto non esiste."
NO_OUTCOME = "Scelga l'esito: chiuso o da seguire."
NO_NAME = "Il nome è troppo lungo."
ASKED_FOR = frozenset({"answer", "lookup", "form"})  # kinds of topics that people come with
router = APIRouter(prefix="/api/panel/contacts")


def _or_none(text: object) -> object:
    return text or None


OrNone = BeforeValidator(_or_none)


class NewContact(Body):
    """What an operator writes down; `id` is the page's own, so that a repeat is one contact."""

    channel: Annotated[str, Field(max_length=32)]
    text: Text
    outcome: Literal["closed", "open"]
    name: Annotated[Annotated[str, Field(max_length=200), InOneLine] | None, OrNone] = None
    topic: Annotated[Annotated[str, Field(max_length=64), InOneLine] | None, OrNone] = None
    answer: Annotated[Text | None, OrNone] = None
    id: Annotated[str | None, Field(pattern="^[0-9a-f-]{32,36}$")] = None
    faults: ClassVar[dict[str, str]] = {
        "channel": NO_CHANNEL,
        "outcome": NO_OUTCOME,
        "name": NO_NAME,
        "topic": NO_TOPIC,
    }


async def _new_contact(request: Request) -> NewContact:
    return await bodies.read(NewContact, request)


@router.get("")
async def choices(request: Request, _: Known) -> JSONResponse:
    """What the form offers: the channels by voice that are in use, the topics."""
    entries = request.app.state.knowledge.entries
    topics = [
        {"id": topic, "title": entry.title}
        for topic, entry in sorted(entries.items(), key=lambda each: each[1].title.lower())
        if entry.kind in ASKED_FOR
    ]
    return JSONResponse({"channels": _by_hand(request), "topics": topics}, headers=PRIVATE)


@router.post("", status_code=201)
async def write_down(
    request: Request, entry: Acting, wanted: Annotated[NewContact, Depends(_new_contact)]
) -> JSONResponse:
    if wanted.channel not in _by_hand(request):
        raise HTTPException(422, NO_CHANNEL)
    if wanted.topic is not None and wanted.topic not in request.app.state.knowledge.entries:
        raise HTTPException(422, NO_TOPIC)
    async with request.app.state.database.begin() as session:
        ticket = await tickets.write_down(session, _contact(wanted), operator=entry.operator)
    told: dict[str, Any] = await details_of(request, ticket.id)
    return JSONResponse(told, 201, headers=PRIVATE)


def _by_hand(request: Request) -> list[str]:
    return [name for name, channel in request.app.state.channels.items() if channel.by_hand]


def _contact(wanted: NewContact) -> Contact:
    return Contact(
        channel=wanted.channel,
        text=wanted.text,
        name=wanted.name,
        topic=wanted.topic,
        answer=wanted.answer,
        closed=wanted.outcome == "closed",
        id=wanted.id,
    )
