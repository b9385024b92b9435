"""Reads what Meta posts: a batch of up to a thousand updates, of which any may be broken."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

from handoff.channel import Echo, Event, Oddity, Status
from handoff.channel.meta import objects
from handoff.channel.webhook import clean, fingerprint
from handoff.channels.whatsapp import messages
from handoff.channels.whatsapp.errors import cause_of, failure
from handoff.channels.whatsapp.messages import CHANNEL, LONGEST_ID

LONGEST_ODDITY = 64_000
STATES: dict[str, Literal["sent", "delivered", "read", "failed"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",  # a voice message
    "failed": "failed",
}
# the phone's old chats and its address book, which are not ours to keep
PRIVATE = ("history", "smb_app_state_sync")
SENSELESS = (AttributeError, KeyError, TypeError, ValueError)

Reader = Callable[[Any, list[dict[str, Any]]], Event | None]


def events(posted: dict[str, Any], phone_number_id: str) -> Iterator[Event]:
    """All that a post holds for our number, in its order."""
    for entry in objects(posted.get("entry")):
        for change in objects(entry.get("changes")):
            yield from _change(change, phone_number_id)


def _change(change: dict[str, Any], phone_number_id: str) -> Iterator[Event]:
    field, value = clean(change.get("field")), change.get("value")
    if field in PRIVATE:
        return
    if field not in ("messages", "smb_message_echoes") or not isinstance(value, dict):
        yield oddity(field, change)
    elif _is_ours(value, phone_number_id):
        yield from _value(value)


def _is_ours(value: dict[str, Any], phone_number_id: str) -> bool:
    """A business account's numbers share one webhook; an answer would come from another one."""
    metadata = value.get("metadata")
    number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    return number is None or str(number) == phone_number_id


def _value(value: dict[str, Any]) -> Iterator[Event]:
    contacts = list(objects(value.get("contacts")))
    for name, reader in READERS.items():
        for one in _items(value.get(name)):
            yield from _read(reader, one, contacts, name)
    for error in _items(value.get("errors")):
        yield oddity("errors", error)


def _items(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _read(reader: Reader, one: Any, contacts: list[dict[str, Any]], name: str) -> Iterator[Event]:
    try:
        event = reader(one, contacts)
    except SENSELESS:
        event = oddity(f"unreadable_{name}", one)
    if event is not None:
        yield event


def _message(message: Any, contacts: list[dict[str, Any]]) -> Event | None:
    if message["type"] == "system":  # a changed number: the new one writes under a new BSUID
        return oddity("system", message)
    return messages.read(message, contacts)


def _status(status: Any, _contacts: list[dict[str, Any]]) -> Event:
    """Statuses of failures come without contacts."""
    state = STATES[status["status"]]
    error = failure(_code(status)) if state == "failed" else None
    return Status(
        channel=CHANNEL,
        state=state,
        external_id=_there(status["id"]),
        key=clean(status.get("biz_opaque_callback_data")) or None,
        cause=cause_of(error) if error else None,
        reason=str(error) if error else None,
    )


def _code(status: dict[str, Any]) -> int:
    for error in objects(status.get("errors")):
        if isinstance(error.get("code"), int):
            return int(error["code"])
    return -1


def _echo(echo: Any, contacts: list[dict[str, Any]]) -> Event:
    """Written in the WhatsApp Business app. Its recipient is looked up as a writer is."""
    if echo["type"] in ("edit", "revoke"):
        return oddity("echo_changed", echo)
    to = {"from": echo.get("to"), "from_user_id": echo.get("to_user_id")}
    return Echo(
        channel=CHANNEL,
        external_id=_there(echo["id"]),
        address=_there(messages.writer(to, contacts).address),
        text=messages.words(echo),
    )


def _there(value: object) -> str:
    if (text := clean(value)) and len(text) <= LONGEST_ID:
        return text
    raise ValueError("no id")


def oddity(kind: str, what: object) -> Oddity:
    body = json.dumps(what)  # escaped: no NUL and no half of a surrogate pair gets through
    given = clean(what.get("id")) if isinstance(what, dict) else ""
    return Oddity(
        channel=CHANNEL,
        external_id=given if 0 < len(given) <= LONGEST_ID else fingerprint(body.encode()),
        kind=re.sub(r"\W", "", kind)[:40] or "unknown",
        body=body[:LONGEST_ODDITY],
    )


READERS: dict[str, Reader] = {
    "messages": _message,
    "statuses": _status,
    "message_echoes": _echo,
}
