"""What must hold after each step, and what when all is quiet."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import Database
from handoff.tables import (
    Attempt,
    Conversation,
    Inbox,
    Message,
    Outbox,
    Ticket,
    TicketEvent,
)
from tests.handoff.machine.stage import Provider

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


async def _all(session: AsyncSession, table: type, order: object) -> list:  # type: ignore[type-arg]
    return list(await session.scalars(select(table).order_by(order)))  # type: ignore[call-overload]


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
        _numbers_have_no_gap(now)
        self._the_bot_is_silent_while_a_person_holds(now)
        self._an_emergency_is_answered_at_once(now)
        _who_holds_is_one(now)
        _the_history_explains(now)
        _one_final_answer(now)
        _answers_in_order(now)
        self._sent_as_often_as_attempted(now)

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
        final = {message.reply_to for message in now.messages if message.final}
        with_ticket = {ticket.conversation_id for ticket in now.tickets}
        for row in now.inbox:
            assert row.state in ("done", "dead")
            assert row.message_id in final or row.conversation_id in with_ticket
        dead = {row.message_id for row in now.inbox if row.state == "dead"}
        assert dead <= {ticket.message_id for ticket in now.tickets}
        for sent in now.outbox:
            assert sent.state in ENDS
            assert sent.state != "unknown" or sent.conversation_id in with_ticket
        self._sent_in_order(now)

    def _sent_in_order(self, now: Stand) -> None:
        seqs = {message.id: (message.conversation_id, message.seq) for message in now.messages}
        for provider in self.providers.values():
            first = list(dict.fromkeys(provider.took))
            for id in now.conversations:
                sent = [seqs[key][1] for key in first if seqs[key][0] == id]
                assert sent == sorted(sent)


def _numbers_have_no_gap(now: Stand) -> None:
    said = now.said()
    for id, conversation in now.conversations.items():
        seqs = [message.seq for message in said[id]]
        assert seqs == list(range(1, conversation.last_seq + 1))


def _who_holds_is_one(now: Stand) -> None:
    tickets = {ticket.id: ticket for ticket in now.tickets}
    for conversation in now.conversations.values():
        held = tickets.get(conversation.ticket_id or "")
        holding = {"bot": None, "queue": "open", "operator": "taken"}[conversation.holder]
        assert (held.state if held else None) == holding
    for ticket in now.tickets:
        assert ticket.state == "closed" or (ticket.state == "taken") == bool(ticket.assignee_id)


def _the_history_explains(now: Stand) -> None:
    for ticket in now.tickets:
        events = now.events[ticket.id]
        state: tuple[str | None, str | None] = (None, None)
        for event in events:
            after = AFTER.get(event.kind)
            if after is not None:
                who = {"me": event.operator_id, "same": state[1]}.get(after[1] or "")
                state = (after[0], who)
        assert state == (ticket.state, ticket.assignee_id)
        assert len(events) == ticket.version


def _one_final_answer(now: Stand) -> None:
    finals = Counter(message.reply_to for message in now.messages if message.final)
    assert not [id for id, number in finals.items() if number > 1]


def _answers_in_order(now: Stand) -> None:
    seqs = {message.id: message.seq for message in now.messages}
    for said in now.said().values():
        answers = [m for m in said if m.reply_to and m.topic not in SAFETY]
        answered = [seqs[message.reply_to or ""] for message in answers]
        assert answered == sorted(answered)
