"""What may be forgotten without anybody asking: keys that open nothing any more, raw reports.

Conversations, messages, jobs, attempts, tickets and their events are not for this: the office
decides on them (`privacy`, docs/retention.md). The days are a proposal until the hospital's data
protection officer has confirmed them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import Database
from handoff.echoes import ECHO, HELD
from handoff.tables import (
    Base,
    BotTracker,
    DeliveryReport,
    JoinCode,
    LoginAttempt,
    Oddity,
    PanelSession,
    Ticket,
    WebchatSession,
    present,
)

BATCH = 500  # rows of one transaction: some milliseconds
PAUSE = 0.05  # seconds between two, in which citizens' messages are written


@dataclass(frozen=True, slots=True)
class Rule:
    table: type[Base]
    days: int
    is_stale: Callable[[datetime], ColumnElement[bool]]  # of a row, since that moment


def _webchat_session_is_stale(moment: datetime) -> ColumnElement[bool]:
    """Not while a request is open: the citizen may come back for its answer."""
    awaited = select(Ticket.id).where(
        Ticket.conversation_id == WebchatSession.conversation_id, Ticket.state != "closed"
    )
    return and_(WebchatSession.last_seen_at < moment, ~awaited.exists())


def _oddity_is_stale(moment: datetime) -> ColumnElement[bool]:
    """Of echoes the key stays, by which a repeat is known, and the words that are still held."""
    return and_(Oddity.created_at < moment, Oddity.kind.not_in((ECHO, HELD)))


RULES: dict[str, Rule] = {
    "login_attempt": Rule(LoginAttempt, 1, lambda moment: LoginAttempt.next_at < moment),
    "panel_session": Rule(PanelSession, 1, lambda moment: PanelSession.last_seen_at < moment),
    "join_code": Rule(JoinCode, 1, lambda moment: JoinCode.expires_at < moment),
    "oddity": Rule(Oddity, 14, _oddity_is_stale),
    "webchat_session": Rule(WebchatSession, 30, _webchat_session_is_stale),
    "bot_tracker": Rule(BotTracker, 90, lambda moment: BotTracker.updated_at < moment.timestamp()),
    "delivery_report": Rule(DeliveryReport, 90, lambda moment: DeliveryReport.created_at < moment),
}


async def tidy(
    database: Database, days: Mapping[str, int] | None = None, *, only_count: bool = False
) -> dict[str, int]:
    """Rows that went, or would go, by table. Done twice, the second finds nothing."""
    gone: dict[str, int] = {}
    for name, rule in RULES.items():
        moment = present() - timedelta(days=(days or {}).get(name, rule.days))
        stale = rule.is_stale(moment)
        if only_count:
            gone[name] = await _count(database, rule, stale)
        else:
            gone[name] = sum([each async for each in _batches(database, rule, stale)])
    return gone


async def _count(database: Database, rule: Rule, stale: ColumnElement[bool]) -> int:
    async with database.read() as session:
        counted = select(func.count()).select_from(rule.table).where(stale)
        return await session.scalar(counted) or 0


async def _batches(
    database: Database, rule: Rule, stale: ColumnElement[bool]
) -> AsyncIterator[int]:
    """A transaction each; what somebody is using just now stays until the next time."""
    while True:
        async with database.begin() as session:
            count = await _delete_some(session, rule, stale)
        yield count
        if count < BATCH:
            return
        await asyncio.sleep(PAUSE)


async def _delete_some(session: AsyncSession, rule: Rule, stale: ColumnElement[bool]) -> int:
    (key,) = inspect(rule.table).primary_key
    some = select(key).where(stale).limit(BATCH).with_for_update(skip_locked=True)
    found = list(await session.scalars(some))
    if found:
        await session.execute(
            delete(rule.table).where(key.in_(found)).execution_options(synchronize_session=False)
        )
    return len(found)
