"""What a browser said: bytes from outside become a message, or a sentence why not."""

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

from handoff.knowledge import Knowledge

MAX_BODY = 64 * 1024  # bytes
MAX_DRAINED = 32 * 1024 * 1024  # read on so far, or the browser never sees our answer
MAX_TEXT = 4_000  # characters
PAYLOAD = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
# Control characters except tab and line break, bidi embeddings, overrides and isolates
# (Trojan Source, CVE-2021-42574), byte-order marks.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060-\u2064\u00ad]*")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

UNREADABLE = "Il messaggio non è leggibile: serve un testo JSON in UTF-8."
TOO_BIG = "Il messaggio è troppo grande. Lo scriva più breve, per favore."
NO_ID = "Manca il numero del messaggio (client_message_id): serve un UUID."
ONE_OF_TWO = "Serve un testo oppure la scelta di un pulsante, non entrambi."
EMPTY = "Il messaggio è vuoto. Scriva la sua domanda, per favore."
NOT_OFFERED = "Questa scelta non è disponibile in questa conversazione."


@dataclass(frozen=True, slots=True)
class Said:
    client_message_id: UUID
    text: str = ""
    payload: str | None = None


async def read_said(request: Request) -> Said:
    """Measure the body before anything parses it."""
    said = _said(_parsed(await _read_body(request)))
    if len(said.text) > MAX_TEXT:
        knowledge: Knowledge = request.app.state.knowledge
        raise HTTPException(422, knowledge.wording("testo_troppo_lungo").text)
    return said


async def _read_body(request: Request) -> bytes:
    """At most MAX_BODY bytes, whatever the headers promise."""
    body, size = bytearray(), 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size <= MAX_BODY:
                body += chunk
            elif size > MAX_DRAINED:
                break
    except ClientDisconnect as error:
        raise HTTPException(400, UNREADABLE) from error
    if size > MAX_BODY:
        raise HTTPException(413, TOO_BIG)
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise HTTPException(422, UNREADABLE) from error
    if not isinstance(raw, dict):
        raise HTTPException(422, UNREADABLE)
    return raw


def _said(raw: dict[str, Any]) -> Said:
    client_message_id = _uuid(raw.get("client_message_id"))
    text, payload = raw.get("text"), raw.get("payload")
    if (text is None) == (payload is None):
        raise HTTPException(422, ONE_OF_TWO)
    if payload is None:
        return Said(client_message_id, text=clean(text))
    if not isinstance(payload, str) or not PAYLOAD.fullmatch(payload):
        raise HTTPException(422, NOT_OFFERED)
    return Said(client_message_id, payload=payload)


def _uuid(value: object) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise HTTPException(422, NO_ID) from error


def clean(text: object) -> str:
    """What can be stored and shown; half an emoji is no reason to lose a message."""
    if not isinstance(text, str):
        raise HTTPException(422, UNREADABLE)
    text = LONE_SURROGATE.sub("\ufffd", UNWANTED.sub("", text)).strip()
    if INVISIBLE.fullmatch(text):
        raise HTTPException(422, EMPTY)
    return text
