"""What a browser sent: measured before it is parsed, refused in one Italian sentence."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, TypeVar

from fastapi import HTTPException, Request
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from handoff.attachments import MOST_FILES
from handoff.panel import passwords

MAX_BODY = 64 * 1024  # bytes
MAX_TEXT = 4_000  # characters
FAR = datetime(2200, 1, 1, tzinfo=UTC)  # the end of time would overflow in some zones
# Control characters except tab and line break, bidi overrides (CVE-2021-42574), byte-order marks.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

UNREADABLE = "La richiesta non è leggibile: serve un testo JSON in UTF-8."
TOO_BIG = "Il testo è troppo grande."
EMPTY = "Il testo è vuoto: scriva qualcosa prima di inviare."
TOO_LONG = "Il testo è troppo lungo: al massimo 4.000 caratteri."
NO_VERSION = "Manca la versione della richiesta (version): ricarichi la pagina."
NO_END = "Scriva fino a quando vale l'avviso: giorno e ora."
NOT_FILES = "Gli allegati non sono validi: al massimo dieci file, caricati da Lei."
NO_PROTOCOL = "Il numero di protocollo è troppo lungo: al massimo 64 caratteri."
NO_CHANNEL = "Scelga su quale canale rispondere."
NO_VALUES = "Il modello non si riempie così: ogni spazio vuole un testo breve."
NO_LOGIN = "Scriva l'indirizzo e-mail e la password."


def storable(text: str) -> str:
    """Half an emoji and invisible controls are no reason to lose a reply."""
    return LONE_SURROGATE.sub("\ufffd", UNWANTED.sub("", text.replace("\r\n", "\n"))).strip()


def _storable(text: object) -> object:
    return storable(text) if isinstance(text, str) else text


def _not_empty(text: str) -> str:
    if not text:
        raise PydanticCustomError("empty", EMPTY)
    return text


def _not_too_long(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise PydanticCustomError("text_too_long", TOO_LONG)
    return text


Text = Annotated[
    str, BeforeValidator(_storable), AfterValidator(_not_empty), AfterValidator(_not_too_long)
]


AttachmentId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


def _in_one_line(text: object) -> object:
    return " ".join(storable(text).split()) if isinstance(text, str) else text


InOneLine = BeforeValidator(_in_one_line)


class Body(BaseModel):
    """`faults`: what to say when a field is missing or no good."""

    model_config = ConfigDict(strict=True)
    faults: ClassVar[dict[str, str]] = {}


B = TypeVar("B", bound=Body)


class Login(Body):
    email: Annotated[str, BeforeValidator(_storable), Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=passwords.LONGEST)]


class Step(Body):
    """An action on a ticket, and the version that the operator saw when deciding on it."""

    version: Annotated[int, Field(ge=1, lt=2**31)]


class Words(Step):
    text: Text


class Reply(Words):
    """`attachments`: ids of uploaded files that go with it; `seen`: the last number read."""

    seen: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    attachments: Annotated[list[AttachmentId], Field(max_length=MOST_FILES)] = []
    faults: ClassVar[dict[str, str]] = {"attachments": NOT_FILES}


class Elsewhere(Reply):
    """A reply for another conversation of the same citizen."""

    conversation_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    faults: ClassVar[dict[str, str]] = {**Reply.faults, "conversation_id": NO_CHANNEL}


class Protocol(Step):
    """A number in the official register; empty to take a wrong one away."""

    protocol: Annotated[str, Field(max_length=64), InOneLine]
    faults: ClassVar[dict[str, str]] = {"protocol": NO_PROTOCOL}


class Sending(Step):
    """A template and what fills its gaps, in order."""

    name: Annotated[str, Field(max_length=100)]
    values: Annotated[list[Annotated[str, Field(max_length=500), InOneLine]], Field(max_length=20)]
    faults: ClassVar[dict[str, str]] = {"values": NO_VALUES}


class NewNotice(Body):
    """`ends_at`: ISO 8601 with its zone."""

    text: Text
    topics: Annotated[list[str], Field(max_length=80)] = []
    ends_at: Annotated[AwareDatetime, Strict(False), Field(lt=FAR)]
    faults: ClassVar[dict[str, str]] = {"ends_at": NO_END}


class Closing(Body):
    """What those are told whom the notice reached; nothing, if they need not be told."""

    text: Text | None = None


async def new_notice(request: Request) -> NewNotice:
    return await read(NewNotice, request)


async def closing(request: Request) -> Closing:
    return await read(Closing, request)


async def login(request: Request) -> Login:
    return await read(Login, request)


async def step(request: Request) -> Step:
    return await read(Step, request)


async def elsewhere(request: Request) -> Elsewhere:
    return await read(Elsewhere, request)


async def reply(request: Request) -> Reply:
    return await read(Reply, request)


async def words(request: Request) -> Words:
    return await read(Words, request)


async def protocol(request: Request) -> Protocol:
    return await read(Protocol, request)


async def sending(request: Request) -> Sending:
    return await read(Sending, request)


async def read(kind: type[B], request: Request) -> B:
    """The body as `kind`; 413 and 422 with a sentence when it is none."""
    return _valid(kind, await _read(request))


async def _read(request: Request) -> Any:
    """At most MAX_BODY bytes, whatever the headers promise."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413, TOO_BIG)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(422, UNREADABLE) from error


def _valid(kind: type[B], raw: Any) -> B:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise HTTPException(422, _sentence(kind, error)) from error


def _sentence(kind: type[Body], error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    if kind is Login:
        return NO_LOGIN
    if fault["type"] in ("empty", "text_too_long"):
        return fault["msg"]
    sentences = {"version": NO_VERSION, "text": EMPTY, **kind.faults}
    return sentences.get(str(next(iter(fault["loc"]), "")), UNREADABLE)
