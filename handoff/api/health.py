"""Is it alive, and is it ready? The service still answers without bot or actions."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import APIRouter, Request, Response
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from handoff.attachments import NOT_SET, Room, Scanner
from handoff.db import Database
from handoff.tables import ChannelState

PATIENCE = 1.0  # seconds for each probe
FELL = "è caduto ed è ricominciato da poco: il motivo è nel registro"
START_LOOK = 0.5  # seconds between looks while the neighbours start
Where = Callable[[], Awaitable[Sequence[str]]]  # addresses that answer 200 when all is well there
router = APIRouter(include_in_schema=False)


@dataclass(slots=True)
class Health:
    database: Database
    http: httpx.AsyncClient
    probes: dict[str, Where]  # of each neighbour, which may be several of a kind
    workers_are_well: Callable[[], bool]
    shortcomings: dict[str, str] = field(default_factory=dict)  # since the start, with reasons
    channels: frozenset[str] = frozenset()  # those that run
    scanner: Scanner = field(default_factory=Scanner)
    room: Room = field(default_factory=Room)
    fallen: Callable[[], Iterable[str]] = tuple  # chores that fell lately
    was_up: bool = field(default=False, init=False)

    def hears(self) -> None:
        """Safety has an ear again."""
        self.shortcomings.pop("safety", None)

    def balances(self, reason: str | None) -> None:
        """What the ledger misses, or that it misses nothing."""
        self.shortcomings.pop("ledger", None)
        if reason:
            self.shortcomings["ledger"] = reason

    async def report(self) -> tuple[int, dict[str, Any]]:
        """HTTP status and body: 503 until all was up once, or when we cannot work at all."""
        failed = await self._failed()
        reasons = await self._neighbours()
        self.was_up = self.was_up or not (failed or self.probes.keys() & reasons.keys())
        ready = self.was_up and not failed
        away = await self.scanner.trouble()
        told = {**reasons, **self.shortcomings, **await self._troubled_channels()}
        told |= {"scanner": away} if away else {}
        scarce = self.room.trouble()
        told |= {"disk": scarce} if scarce else {}
        told |= {f"chore:{name}": FELL for name in self.fallen()}
        body = {
            "ready": ready,
            "degraded": sorted(told),
            "reasons": told,
            "failed": failed,
            "scanner": (away or "in funzione") if self.scanner.is_set else NOT_SET,
        }
        return (200 if ready else 503), body

    async def watch_the_start(self) -> None:
        """Notice when everything is up for the first time, whether or not anybody asks."""
        while not self.was_up:
            await self.report()
            await asyncio.sleep(START_LOOK)

    async def _failed(self) -> list[str]:
        failed = [] if self.workers_are_well() else ["workers"]
        try:
            async with asyncio.timeout(PATIENCE):
                async with self.database.read() as session:
                    await session.execute(text("select count(*) from inbox where id < 0"))
                await self.database.try_writing()
        except (SQLAlchemyError, OSError, TimeoutError):
            failed.append("database")
        return failed

    async def _troubled_channels(self) -> dict[str, str]:
        """What the workers wrote down: the service is ready all the same."""
        wanted = select(ChannelState.channel, ChannelState.trouble).where(
            ChannelState.trouble.is_not(None), ChannelState.channel.in_(self.channels)
        )
        try:
            async with asyncio.timeout(PATIENCE), self.database.read() as session:
                rows = list(await session.execute(wanted))
        except (SQLAlchemyError, OSError, TimeoutError):
            return {}  # said already, as a failure of the database
        return {f"channel:{name}": str(trouble) for name, trouble in rows}

    async def _neighbours(self) -> dict[str, str]:
        """Who is away and why: `bot` when none answers, `bot:<address>` when others do."""
        found = await asyncio.gather(*(self._look_for(*each) for each in self.probes.items()))
        return {name: reason for away in found for name, reason in away.items()}

    async def _look_for(self, name: str, where: Where) -> dict[str, str]:
        addresses = await where()
        reasons = await asyncio.gather(*map(self._probe, addresses))
        away = {
            f"{name}:{urlsplit(address).netloc}": reason
            for address, reason in zip(addresses, reasons, strict=True)
            if reason
        }
        return away if len(away) < len(addresses) else {name: next(iter(away.values()))}

    async def _probe(self, address: str) -> str | None:
        """Why the neighbour is not well; None when it is."""
        try:
            response = await self.http.get(address, timeout=PATIENCE)
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if response.is_success else f"HTTP {response.status_code}"


def at(address: str) -> Where:
    """A neighbour of which there is one."""

    async def where() -> Sequence[str]:
        return (address,)

    return where


@router.get("/healthz")
async def healthz() -> dict[str, bool]:
    return {"alive": True}


@router.get("/readyz")
async def readyz(request: Request, response: Response) -> dict[str, Any]:
    health: Health = request.app.state.health
    response.status_code, body = await health.report()
    return body
