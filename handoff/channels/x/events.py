"""Reads what X posts: by the Activity API, or by the Account Activity API that it replaces.

Facts: https://docs.x.com/x-api/activity/introduction, https://docs.x.com/x-api/account-activity.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from handoff.channel import Event, Inbound, Oddity, Status
from handoff.channel.webhook import clean, fingerprint
from handoff.channels.x.messages import (
    CHANNEL,
    NotOurs,
    Unreadable,
    inner,
    message,
    name_of,
    number,
)

LARGEST = 64_000  # characters of an oddity
REVOKED = "revoked"
# what the older API tells about our account without being asked: of no use here, and of strangers
PUBLIC = re.compile(r"(tweet|favorite|follow|unfollow|block|unblock|mute|unmute)_\w+|user_event")
MESSAGES, READS = "direct_message_events", "direct_message_mark_read_events"
TYPING = "direct_message_indicate_typing_events"
KNOWN = {MESSAGES, READS, TYPING, "for_user_id", "apps", "users", "user_has_blocked"}

Read = Callable[[dict[str, Any], str], Event]


def events(body: dict[str, Any], account: str) -> list[Event]:
    """All that one post tells our account, in its order."""
    if "data" in body:
        data = body["data"]
        each = [data] if isinstance(data, dict) else data
        if not isinstance(each, list):
            return [oddity("unreadable", body)]
        return [event for one in each for event in _activity(one, account)]
    return list(_account_activity(body, account))


def _activity(raw: Any, account: str) -> Iterator[Event]:
    if not isinstance(raw, dict):
        yield oddity("unreadable", raw)
    elif str(inner(raw, "filter").get("user_id", account)) == account:
        yield from _known(raw, clean(raw.get("event_type")), inner(raw, "payload"), account)


def _known(
    raw: dict[str, Any], kind: str, payload: dict[str, Any], account: str
) -> Iterator[Event]:
    match kind:
        case "dm.received" | "dm.sent" if MESSAGES in payload:
            yield from _messages(payload, account)
        case "dm.read" if READS in payload:
            yield from _reads(payload, account)
        case "chat.received":
            yield from _safely(_sealed, payload, account)
        case "oauth.revoke":
            if str(payload.get("user_id", account)) == account:
                yield oddity(REVOKED, raw)
        case "dm.indicate_typing" | "chat.sent" | "chat.read":
            return
        case _:
            yield oddity(kind, raw)


def _account_activity(body: dict[str, Any], account: str) -> Iterator[Event]:
    if revoke := inner(inner(body, "user_event"), "revoke"):
        if str(inner(revoke, "source").get("user_id", account)) == account:
            yield oddity(REVOKED, body)
        return
    if str(body.get("for_user_id", account)) != account:
        return
    yield from _messages(body, account)
    yield from _reads(body, account)
    for name in sorted(body.keys() - KNOWN):
        if not PUBLIC.fullmatch(name):
            yield oddity(clean(name), body)


def _messages(payload: dict[str, Any], account: str) -> Iterator[Event]:
    """Each by itself: one that cannot be read does not stop the others."""
    users = inner(payload, "users")

    def read(raw: dict[str, Any], account: str) -> Event:
        return message(raw, users, account)

    yield from _all(read, payload, MESSAGES, account)


def _all(read: Read, payload: dict[str, Any], name: str, account: str) -> Iterator[Event]:
    each = payload.get(name, [])
    for raw in each if isinstance(each, list) else [each]:
        yield from _safely(read, raw, account)


def _safely(read: Read, raw: object, account: str) -> Iterator[Event]:
    if not isinstance(raw, dict):
        yield oddity("unreadable", raw)
        return
    try:
        yield read(raw, account)
    except NotOurs:
        return
    except Unreadable:
        yield oddity("unreadable", raw)


def _sealed(payload: dict[str, Any], account: str) -> Event:
    """From XChat, which is encrypted between the two ends: that somebody wrote, and no more."""
    sender = number(payload.get("sender_id"))
    partners = clean(payload.get("conversation_id")).replace("-", ":").split(":")
    if sender == account or sorted(partners) != sorted([sender, account]):
        raise NotOurs("our own, or of a group")
    if not (external_id := clean(payload.get("id"))[:200]):
        raise Unreadable("without an id")
    return Inbound(
        channel=CHANNEL,
        external_id=f"chat:{external_id}",
        address=sender,
        name=name_of(inner(payload, "users"), sender),
        unsupported="encrypted",
    )


def _reads(payload: dict[str, Any], account: str) -> Iterator[Event]:
    """A citizen has seen all until then; what we have seen ourselves is no news."""
    yield from _all(_read, payload, READS, account)


def _read(raw: dict[str, Any], account: str) -> Event:
    reader = number(raw.get("sender_id"))
    if reader == account:
        raise NotOurs("our own")
    return Status(
        channel=CHANNEL, state="read", address=reader, up_to=_moment(raw.get("created_timestamp"))
    )


def _moment(milliseconds: object) -> datetime:
    try:
        return datetime.fromtimestamp(int(number(milliseconds)) / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        raise Unreadable("not a time") from None


def oddity(kind: str, raw: object) -> Oddity:
    body = json.dumps(raw)
    ours = raw if isinstance(raw, dict) else {}
    given = clean(ours.get("event_uuid")) or clean(ours.get("id"))
    return Oddity(
        channel=CHANNEL,
        external_id=given[:200] or fingerprint(body.encode()),
        kind=kind if re.fullmatch(r"[\w.]{1,40}", kind, re.ASCII) else "unknown",
        body=body[:LARGEST],
    )
