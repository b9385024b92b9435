"""What may come through the door: one message of a citizen, in words or by a button."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
PAYLOAD = re.compile(r"[a-z][a-z0-9_]{0,63}(?::[A-Za-z0-9_.-]{1,40})?")
LONGEST_PAYLOAD = 64
LONGEST_TEXT = 4000
FIELDS = frozenset({"conversation_id", "message_id", "text", "payload", "metadata", "reset"})


class BadQuestion(ValueError):
    """A sentence that names the field, without its content."""


@dataclass(frozen=True)
class Question:
    conversation_id: str
    message_id: str
    text: str | None
    payload: str | None
    metadata: dict[str, Any]
    reset: bool


def read_question(body: bytes) -> Question:
    fields = _fields(body)
    if (fields.get("text") is None) == (fields.get("payload") is None):
        raise BadQuestion("Either a text or a payload, and not both.")
    return Question(
        conversation_id=_take(fields, "conversation_id", _is_id),
        message_id=_take(fields, "message_id", _is_id),
        text=_legible(_take(fields, "text", _is_text, None)),
        payload=_take(fields, "payload", _is_payload, None),
        metadata=_take(fields, "metadata", _is_metadata, {}),
        reset=_take(fields, "reset", lambda value: isinstance(value, bool), False),
    )


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise BadQuestion("The body is not JSON.") from None
    if not isinstance(fields, dict):
        raise BadQuestion("The body is not an object.")
    if unknown := fields.keys() - FIELDS:
        raise BadQuestion(f"{len(unknown)} unknown fields.")
    return fields


def _take(
    fields: dict[str, Any], name: str, is_right: Callable[[Any], bool], *default: Any
) -> Any:
    value = fields.get(name)
    if value is None and default:
        return default[0]
    if not is_right(value):
        raise BadQuestion(f"{name} is missing or not as it should be.")
    return value


def _legible(text: str | None) -> str | None:
    """Half a character pair would make every later encoding fail."""
    return text and text.encode("utf-8", "replace").decode()


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and ID.fullmatch(value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_TEXT


def _is_payload(value: Any) -> bool:
    fits = isinstance(value, str) and len(value) <= LONGEST_PAYLOAD
    return fits and PAYLOAD.fullmatch(value) is not None


def _is_metadata(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
