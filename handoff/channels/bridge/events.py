"""Reads what a partner's gateway posts: a citizen's message, or what became of ours."""

import json
import re
from typing import Any, get_args, get_type_hints

from handoff.channel import Event, Inbound, Oddity, Status
from handoff.channel.webhook import clean, fingerprint

CHANNEL = "bridge"
NETWORK = re.compile(r"[a-z0-9_-]{1,32}")
CAUSES = {"window_closed", "unreachable", "refused", "later"}
STATES = get_args(get_type_hints(Status)["state"])
LONGEST_ID = 200  # characters, with the network before it still below a column's 255
LONGEST_REASON = 200
LARGEST = 64_000  # characters of an oddity


class Unreadable(ValueError):
    """Its text is the name of the field that is missing or wrong."""


def event(body: dict[str, Any]) -> Event:
    """What was posted; raises Unreadable."""
    return _status(body["status"]) if "status" in body else _message(body)


def oddity(body: dict[str, Any], field: str) -> Oddity:
    raw = json.dumps(body)
    return Oddity(
        channel=CHANNEL, external_id=fingerprint(raw.encode()), kind=field, body=raw[:LARGEST]
    )


def address_of(address: str) -> tuple[str, str]:
    """Network, and who it is there: the same name may be another person elsewhere."""
    network, _, who = address.partition(":")
    return network, who


def _message(body: dict[str, Any]) -> Inbound:
    network = clean(body.get("network"))
    if not NETWORK.fullmatch(network):
        raise Unreadable("network")
    text, payload = clean(body.get("text")), clean(body.get("payload")) or None
    unsupported = re.sub(r"\W", "", clean(body.get("unsupported")))[:40] or None
    if not (text.strip() or payload or unsupported):
        raise Unreadable("text")
    return Inbound(
        channel=CHANNEL,
        external_id=f"{network}:{_id(body, 'id')}",
        address=f"{network}:{_id(body, 'from')}",
        text=text,
        payload=payload,
        name=clean(body.get("name")).strip()[:LONGEST_ID] or None,
        unsupported=unsupported,
        particulars={"network": network},
    )


def _status(told: object) -> Status:
    if not isinstance(told, dict):
        raise Unreadable("status")
    if told.get("state") not in STATES:
        raise Unreadable("state")
    key, external_id = (clean(told.get(name))[:LONGEST_ID] or None for name in ("key", "id"))
    if not (key or external_id):
        raise Unreadable("key")
    return Status(
        channel=CHANNEL,
        state=told["state"],
        key=key,
        external_id=external_id,
        cause=told["cause"] if told.get("cause") in CAUSES else None,
        reason=said(told.get("reason")) or None,
    )


def said(reason: object) -> str:
    """The partner's words for an operator."""
    return clean(reason).strip()[:LONGEST_REASON]


def _id(body: dict[str, Any], field: str) -> str:
    value = body.get(field)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else clean(value)
    if not 0 < len(text) <= LONGEST_ID or text != text.strip():
        raise Unreadable(field)
    return text
