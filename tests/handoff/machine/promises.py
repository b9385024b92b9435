"""What must hold after each step, and what when all is quiet."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import Database
from handoff.tables import (
    Attempt,
    Base,
    Conversation,
    Inbox,
    Message,
    Outbox,
    Ticket,
    TicketEvent,
)
from tests.handoff.machine.stage import Provider

Row = TypeVar("Row", bound=Base)
SAFETY = frozenset({"emergenza", "crisi_psicologica", "consiglio_medico"})
ENDS = {"sent", "delivered", "read", "failed", "unknown", "withheld"}
# what a kind of event makes of state and assignee; "me": who did it, "same": as before
AFTER = {
    "opened": ("open", None),
    "taken": ("taken", "me"),
    "closed": ("closed", "me"),
    "reopened": ("open", None),
    "handed_back": ("open", None),
    "withdrawn": ("closed", "same"),
}


@dataclass
class Stand:
    """Everything as it stands in one moment."""

    conversations: dict[str, Conversation]
    messages: list[Message]
    inbox: list[Inbox]
    outbox: list[Outbox]
    attempts: Counter[int]  # by row of the outbox
    tickets: list[Ticket]
    events: dict[str, list[TicketEvent]]

    def said(self) -> dict[str, list[Message]]:
        found = defaultdict(list)
        for message in self.messages:
            found[message.conversation_id].append(message)
        return found


async def stand(database: Database) -> Stand:
    async with database.read() as session:
        events = defaultdict(list)
        for event in await session.scalars(select(TicketEvent).order_by(TicketEvent.id)):
            events[event.ticket_id].append(event)
        return Stand(
            conversations={one.id: one for one in await session.scalars(select(Conversation))},
            messages=await _all(session, Message, Message.seq),
            inbox=await _all(session, Inbox, Inbox.id),
            outbox=await _all(session, Outbox, Outbox.id),
            attempts=Counter(await session.scalars(select(Attempt.outbox_id))),
            tickets=await _all(session, Ticket, Ticket.id),
            events=events,
        )


async def _all(session: AsyncSession, table: type[Row], order: Any) -> list[Row]:
    return list(await session.scalars(select(table).order_by(order)))


@dataclass
class Promises:
    """What was accepted, and what stood there after the step before."""

    providers: dict[str, Provider]
    accepted: dict[tuple[str, str], str] = field(default_factory=dict)  # → id of the message
    emergencies: set[str] = field(default_factory=set)  # ids of messages
    holders: dict[str, tuple[str, int]] = field(default_factory=dict)  # → holder, last seq

    def accept(self, channel: str, external_id: str, message_id: str) -> None:
        known = self.accepted.setdefault((channel, external_id), message_id)
        assert known == message_id, "a repeat became another message"

    def always(self, now: Stand) -> None:
        self._nothing_accepted_is_lost(now)
        self._the_bot_is_silent_while_a_person_holds(now)
        self._an_emergency_is_answered_at_once(now)
        self._sent_as_often_as_attempted(now)
        assert not [broken.__name__ for broken in ALWAYS if broken(now)]

    def _nothing_accepted_is_lost(self, now: Stand) -> None:
        kept = {(row.channel, row.external_id): row.message_id for row in now.inbox}
        assert kept == self.accepted
        citizens = [message.id for message in now.messages if message.author == "citizen"]
        assert sorted(citizens) == sorted(self.accepted.values())

    def _the_bot_is_silent_while_a_person_holds(self, now: Stand) -> None:
        for id, said in now.said().items():
            holder, last_seq = self.holders.get(id, ("bot", 0))
            new = [m for m in said if m.seq > last_seq and m.author == "bot"]
            assert holder == "bot" or {m.topic for m in new} <= SAFETY
            conversation = now.conversations[id]
            self.holders[id] = (conversation.holder, conversation.last_seq)

    def _an_emergency_is_answered_at_once(self, now: Stand) -> None:
        answered = {m.reply_to for m in now.messages if m.topic in SAFETY and m.final}
        assert self.emergencies <= answered

    def _sent_as_often_as_attempted(self, now: Stand) -> None:
        for row in now.outbox:
            provider = self.providers[row.channel]
            assert provider.asked[row.message_id] <= now.attempts[row.id]
            if not provider.recognises_repeats:
                assert provider.took.count(row.message_id) <= 1, "said twice"

    def in_the_end(self, now: Stand) -> None:
        assert not [broken.__name__ for broken in IN_THE_END if broken(now)]
        self._sent_in_order(now)

    def _sent_in_order(self, now: Stand) -> None:
        seqs = {message.id: (message.conversation_id, message.seq) for message in now.messages}
        for provider in self.providers.values():
            first = list(dict.fromkeys(provider.took))
            for id in now.conversations:
                sent = [seqs[key][1] for key in first if seqs[key][0] == id]
                assert sent == sorted(sent)


def gaps(now: Stand) -> list[str]:
    """Conversations whose numbers do not run from 1 to the last."""
    said = now.said()
    return [
        id
        for id, conversation in now.conversations.items()
        if [message.seq for message in said[id]] != list(range(1, conversation.last_seq + 1))
    ]


def two_holders(now: Stand) -> list[str]:
    """Conversations that are not held as their ticket says, tickets without their operator."""
    tickets = {ticket.id: ticket for ticket in now.tickets}
    states = {"bot": None, "queue": "open", "operator": "taken"}
    found = []
    for conversation in now.conversations.values():
        held = tickets.get(conversation.ticket_id or "")
        if (held.state if held else None) != states[conversation.holder]:
            found.append(conversation.id)
    return found + [
        ticket.id
        for ticket in now.tickets
        if ticket.state != "closed" and (ticket.state == "taken") != bool(ticket.assignee_id)
    ]


def unexplained(now: Stand) -> list[str]:
    """Tickets that are not what their history makes of them, each step one version."""
    return [
        ticket.id
        for ticket in now.tickets
        if _history_of(now.events[ticket.id]) != (ticket.state, ticket.assignee_id)
        or len(now.events[ticket.id]) != ticket.version
    ]


def _history_of(events: list[TicketEvent]) -> tuple[str | None, str | None]:
    state: tuple[str | None, str | None] = (None, None)
    for event in events:
        after = AFTER.get(event.kind)
        if after is not None:
            who = {"me": event.operator_id, "same": state[1]}.get(after[1] or "")
            state = (after[0], who)
    return state


def doubled(now: Stand) -> list[str]:
    """Citizens' messages with more than one final answer."""
    finals = Counter(message.reply_to for message in now.messages if message.final)
    return [id for id, number in finals.items() if id and number > 1]


def out_of_order(now: Stand) -> list[str]:
    """Conversations where a later message was answered before an earlier one."""
    seqs = {message.id: message.seq for message in now.messages}
    found = []
    for id, said in now.said().items():
        answers = [m for m in said if m.reply_to and m.topic not in SAFETY]
        answered = [seqs[message.reply_to or ""] for message in answers]
        if answered != sorted(answered):
            found.append(id)
    return found


def unanswered(now: Stand) -> list[str]:
    """Citizens' messages that have neither a final answer nor a ticket to stand in."""
    final = {message.reply_to for message in now.messages if message.final}
    with_ticket = {ticket.conversation_id for ticket in now.tickets}
    buried = {ticket.message_id for ticket in now.tickets}
    return [
        row.message_id
        for row in now.inbox
        if row.state not in ("done", "dead")
        or (row.state == "dead" and row.message_id not in buried)
        or (row.message_id not in final and row.conversation_id not in with_ticket)
    ]


def unsettled(now: Stand) -> list[str]:
    """Answers whose end nobody knows, and nobody was told so."""
    with_ticket = {ticket.conversation_id for ticket in now.tickets}
    return [
        row.message_id
        for row in now.outbox
        if row.state not in ENDS
        or (row.state == "unknown" and row.conversation_id not in with_ticket)
    ]


ALWAYS = (gaps, two_holders, unexplained, doubled, out_of_order)
IN_THE_END = (*ALWAYS, unanswered, unsettled)
