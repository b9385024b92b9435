"""What Meta posts becomes events, each entry and each event in it on its own."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from handoff.channel import Echo, Event, Inbound, Oddity, Status, Withdrawn
from handoff.channel.messaging.account import Account
from handoff.channel.messaging.attachments import files, unsupported
from handoff.channel.messaging.shapes import Edit, Message, Parties, Postback, Watermark
from handoff.channel.webhook import clean, fingerprint

LARGEST_ODDITY = 64_000
MARK = "sportello:"  # before our key in `metadata`, which other apps fill too
LISTS = ("messaging", "standby")
ENVELOPE = {"sender", "recipient", "timestamp"}


class Item(NamedTuple):
    list: str  # one of LISTS, or why it is odd
    raw: Any


class Reader:
    def __init__(self, account: Account) -> None:
        self._account = account
        self._channel = account.channel

    def read(self, post: dict[str, Any]) -> list[Event]:
        """In the order of Meta's clock: posts and their events come in any."""
        entries = post.get("entry")
        if post.get("object") != self._account.object or not isinstance(entries, list):
            return [self._odd("another_object", post)]
        items = [item for entry in entries for item in self._items(entry)]
        return [event for item in sorted(items, key=_when) for event in self._events(item)]

    def _items(self, entry: object) -> Iterator[Item]:
        if not isinstance(entry, dict):
            yield Item("unreadable", entry)
        elif str(entry.get("id")) != self._account.id:
            yield Item("another_account", entry)
        elif not any(isinstance(entry.get(name), list) for name in LISTS):
            yield Item("changes" if "changes" in entry else "unreadable", entry)
        else:
            for name in LISTS:
                raws = entry.get(name)
                yield from (Item(name, raw) for raw in (raws if isinstance(raws, list) else ()))

    def _events(self, item: Item) -> list[Event]:
        if item.list not in LISTS or not isinstance(item.raw, dict):
            return [self._odd(item.list if item.list not in LISTS else "unreadable", item.raw)]
        try:
            found = list(self._read(item.raw))
        except ValueError:  # a field that they document is missing or of another kind
            return [self._odd("unreadable", item.raw)]
        return (
            [_overheard(event, item.raw) for event in found] if item.list == "standby" else found
        )

    def _read(self, raw: dict[str, Any]) -> Iterator[Event]:
        if "message" in raw:
            yield self._message(raw)
        elif "postback" in raw:
            yield self._pressed(raw)
        elif "message_edit" in raw:
            yield self._edited(raw)
        elif "delivery" in raw:
            yield from self._became("delivered", raw, raw["delivery"])
        elif "read" in raw:
            yield from self._became("read", raw, raw["read"])
        elif "reaction" not in raw:  # a heart under an answer asks for nothing
            yield self._odd(_kind(raw), raw)

    def _message(self, raw: dict[str, Any]) -> Event:
        message, parties = Message.model_validate(raw["message"]), Parties.model_validate(raw)
        ours = message.is_echo or parties.sender.id == self._account.id
        if message.is_self or (message.is_deleted and ours):
            return self._odd("own", raw)
        if message.is_deleted:
            return Withdrawn(channel=self._channel, external_id=message.mid)
        return self._echo(message, parties) if ours else self._heard(message, parties)

    def _heard(self, message: Message, parties: Parties) -> Inbound:
        pressed = message.quick_reply.payload or None
        return Inbound(
            channel=self._channel,
            external_id=message.mid,
            address=parties.sender.id,
            text="" if pressed else message.text,
            payload=pressed,
            unsupported=unsupported(message),
            attachments=files(message),
            answers_to=(message.reply_to.mid,) if message.reply_to.mid else (),
            written_at=parties.moment,
        )

    def _echo(self, message: Message, parties: Parties) -> Event:
        key = message.metadata.removeprefix(MARK) if message.metadata.startswith(MARK) else None
        return Echo(
            channel=self._channel,
            external_id=message.mid,
            address=parties.recipient.id,
            text=message.text,
            key=key,
            ours=message.app_id != "" and message.app_id == self._account.app_id,
        )

    def _pressed(self, raw: dict[str, Any]) -> Inbound:
        postback, parties = Postback.model_validate(raw["postback"]), Parties.model_validate(raw)
        return Inbound(
            channel=self._channel,
            external_id=postback.mid or fingerprint(_json(raw).encode()),
            address=parties.sender.id,
            payload=postback.payload,
            written_at=parties.moment,
        )

    def _edited(self, raw: dict[str, Any]) -> Event:
        edit, parties = Edit.model_validate(raw["message_edit"]), Parties.model_validate(raw)
        if parties.sender.id == self._account.id:
            return self._odd("own", raw)
        if edit.num_edit == "0":  # told of a message that nobody changed
            return self._odd("message_edit", raw)
        return Inbound(
            channel=self._channel,
            external_id=f"{edit.mid}:{edit.num_edit}",
            address=parties.sender.id,
            text=edit.text,
            edits=edit.mid,
            written_at=parties.moment,
        )

    def _became(
        self, state: Literal["delivered", "read"], raw: dict[str, Any], seen: object
    ) -> Iterator[Event]:
        """The watermark for all before it; ids too, as our clock and Meta's may differ."""
        mark, parties = Watermark.model_validate(seen), Parties.model_validate(raw)
        for mid in mark.messages:
            yield Status(channel=self._channel, state=state, external_id=mid)
        if mark.moment:
            yield Status(
                channel=self._channel, state=state, address=parties.sender.id, up_to=mark.moment
            )

    def _odd(self, kind: str, raw: object) -> Oddity:
        body = _json(raw)
        return Oddity(
            channel=self._channel,
            external_id=fingerprint(body.encode()),
            kind=kind,
            body=body[:LARGEST_ODDITY],
        )


def _overheard(event: Event, raw: dict[str, Any]) -> Event:
    """Another app leads this conversation: what the citizen says is kept and not answered.

    A button's title is then no more than words.
    """
    if not isinstance(event, Inbound):
        return event
    said = raw.get("message") or raw.get("postback") or {}
    text = event.text or clean(said.get("text") or said.get("title"))
    return replace(event, wants="person", text=text, payload=None)


def _when(item: Item) -> int:
    when = item.raw.get("timestamp") if isinstance(item.raw, dict) else None
    return when if isinstance(when, int) else 0


def _kind(raw: dict[str, Any]) -> str:
    """Meta's own word for a kind of event that we do not know."""
    words = [word for word in raw if word not in ENVELOPE and re.fullmatch(r"[a-z_]{1,40}", word)]
    return next(iter(words), "unreadable")


def _json(raw: object) -> str:
    return json.dumps(raw, sort_keys=True)
