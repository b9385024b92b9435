"""What became of the promises."""

import asyncio
import json
import re
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from handoff.db import Database
from handoff.tables import KEY, Inbox, Message, Outbox
from ops.places import OUR_PYTHON, ROOT
from ops.progress import say
from tests.fake_telegram import FakeTelegram
from tests.handoff.machine.promises import IN_THE_END, SAFETY, Stand, stand
from tests.torture.load import Load
from tests.torture.stage import Stage

DRAINED_WITHIN = 300.0  # seconds
READING_KEY = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
LISTS = ("lost", "doubled", "out_of_order", "late_emergencies")
NO_SUCH_COMMAND = "invalid choice"


@dataclass
class Verdict:
    accepted: int
    answers: int
    slowest_s: float
    lost: list[str]
    doubled: list[str]
    out_of_order: list[str]
    late_emergencies: list[str]
    broken: dict[str, int]  # further promises, and how often
    unknown: int  # sent messages whose end a person was asked to judge
    ledger: str
    kills: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)  # answers that were no answers

    @property
    def kept(self) -> bool:
        wrong = (self.lost, self.doubled, self.out_of_order, self.late_emergencies, self.broken)
        return not any(wrong) and self.ledger != "does not balance"


async def drained(database: Database, telegram: FakeTelegram) -> bool:
    """True once nothing waits any more; False when something still does after minutes."""
    end = time.monotonic() + DRAINED_WITHIN
    while time.monotonic() < end:
        held = list(telegram.pending)  # looked at first: what it hands over meanwhile is in a row
        async with database.read() as session:
            waiting = [
                await session.scalar(select(func.count()).where(table.state.in_(("ready", "run"))))
                for table in (Inbox, Outbox)
            ]
        if not any(waiting) and not held:
            return True
        await asyncio.sleep(0.5)
    return False


async def judge(stage: Stage, load: Load) -> Verdict:
    database = Database(stage.database_url)
    try:
        is_quiet = await drained(database, stage.telegram)
        now = await stand(database)
    finally:
        await database.close()
    found = {broken.__name__: broken(now) for broken in IN_THE_END}
    return Verdict(
        accepted=len(load.accepted) + load.pushed,
        answers=sum(message.final for message in now.messages),
        slowest_s=round(slowest(now), 1),
        lost=lost(now, load) + found.pop("unanswered") + found.pop("unsettled"),
        doubled=found.pop("doubled") + said_twice(now, stage),
        out_of_order=found.pop("out_of_order") + found.pop("gaps"),
        late_emergencies=late_emergencies(now, load),
        broken=_further(found, load, is_quiet=is_quiet),
        unknown=sum(row.state == "unknown" for row in now.outbox),
        ledger=ledger(stage.env),
        refused={str(status): number for status, number in sorted(load.refused.items())},
    )


def _further(found: dict[str, list[str]], load: Load, *, is_quiet: bool) -> dict[str, int]:
    broken = {name: len(ids) for name, ids in found.items()}
    broken |= Counter(load.broken)
    broken["still waiting after minutes"] = int(not is_quiet)
    return {name: number for name, number in broken.items() if number}


def lost(now: Stand, load: Load) -> list[str]:
    """Accepted, and not there; or there twice."""
    kept = {message.id for message in now.messages if message.author == "citizen"}
    gone = [id for id in load.accepted if id not in kept]
    pushed = sum(row.channel == "telegram" for row in now.inbox)
    missing = load.pushed - pushed
    return gone + [f"{missing} of Telegram's"] * (missing != 0)


def said_twice(now: Stand, stage: Stage) -> list[str]:
    """What a chat of Telegram's saw more often than it was said: repeats are not recognised."""
    addresses = {id: each.address for id, each in now.conversations.items()}
    messages = {message.id: message for message in now.messages}
    said = Counter(
        (addresses[row.conversation_id], _without_keys(messages[row.message_id].text))
        for row in now.outbox
    )
    seen = Counter(
        (str(sent["chat_id"]), _without_keys(sent["text"])) for sent in stage.telegram.sent
    )
    return [f"{address}: {text[:40]}" for (address, text) in (seen - said).elements()]


def _without_keys(text: str) -> str:
    return READING_KEY.sub("*", text.replace(KEY, "*").replace("(già mostrato)", "*"))


def late_emergencies(now: Stand, load: Load) -> list[str]:
    """The fixed text has the next number but one at most: it was stored with the message."""
    seqs = {message.id: message.seq for message in now.messages}
    answers = {m.reply_to: m.seq for m in now.messages if m.topic in SAFETY and m.final}
    urgent = load.emergencies | {
        m.id for m in now.messages if m.author == "citizen" and "infarto" in m.text
    }
    return [id for id in urgent if answers.get(id, 0) - seqs.get(id, 0) not in (1, 2)]


def slowest(now: Stand) -> float:
    """Seconds from a citizen's message to its final answer."""
    heard: dict[str | None, Message] = {message.id: message for message in now.messages}
    return max(
        (
            (answer.created_at - heard[answer.reply_to].created_at).total_seconds()
            for answer in now.messages
            if answer.final
        ),
        default=0.0,
    )


def ledger(env: dict[str, str]) -> str:
    """The service's own account of what came in and what became of it."""
    command = (OUR_PYTHON, "-m", "handoff", "ledger")
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if NO_SUCH_COMMAND in done.stderr:
        return "no such command"
    if done.returncode:
        say(f"The ledger ends with {done.returncode}:\n{done.stdout}{done.stderr}")
    return "does not balance" if done.returncode else "balances"


def details(verdict: Verdict) -> str:
    """Which ones, for whoever looks into the logs and the database."""
    return json.dumps({name: getattr(verdict, name) for name in LISTS}, ensure_ascii=False)


def as_json(verdict: Verdict) -> dict[str, Any]:
    told = {name: len(getattr(verdict, name)) for name in LISTS}
    return {**vars(verdict), **told, "kept": verdict.kept}


def row(name: str, verdict: Verdict) -> str:
    return "\n".join(
        f"{name:<12}{title:<20}{json.dumps(value)}" for title, value in as_json(verdict).items()
    )
