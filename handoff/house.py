"""Builds the rooms from the settings and joins them; web and worker processes share it."""

import logging
from dataclasses import dataclass

import httpx
from prometheus_client import CollectorRegistry

from handoff.answering import Answering
from handoff.attachments import Room, Scanner
from handoff.bot import Addresses, Bots
from handoff.channel import Channel
from handoff.channel.calling import client
from handoff.channels import open_channels
from handoff.crew import Crew
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.gateway import Gateway, PrivacyNotice
from handoff.joining import Codes, Joining
from handoff.knowledge import Desks, Directory, Knowledge
from handoff.knowledge.templates import Templates
from handoff.metrics import Counters, Figures, Metrics
from handoff.presence import Presence
from handoff.safety import Ear, NoEar, Safety, newest_ear
from handoff.settings import Settings
from handoff.tickets import Clock

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    settings: Settings
    database: Database
    http: httpx.AsyncClient
    knowledge: Knowledge
    directory: Directory
    desks: Desks
    templates: Templates
    clock: Clock
    channels: dict[str, Channel]
    gateway: Gateway
    bots: Bots
    joining: Joining
    scanner: Scanner
    room: Room
    metrics: Metrics
    deaf: str | None  # why safety has its rules only, when it has no ear

    def crew(self) -> Crew:
        return Crew(
            self.database,
            Answering(
                self.database, self.knowledge, self.bots, Presence(self.channels), self.joining
            ),
            Delivery(self.database, self.channels, self.metrics.counters),
            self.knowledge,
            slots=max(1, self.settings.workers),
            scanner=self.scanner,
            room=self.room,
            telemetry=self.metrics.counters,
            stop_within=self.settings.stop_within,
        )

    async def close(self) -> None:
        for channel in self.channels.values():
            await channel.close()
        await self.http.aclose()
        await self.bots.close()
        await self.database.close()


def build(settings: Settings) -> House:
    """Everything that needs no network yet; a fault in settings or data stops the boot."""
    metrics, database = _metrics(settings)
    knowledge = Knowledge.load(settings.data, public_url=settings.public_url)
    channels = open_channels(settings.channels)
    joining = Joining(Codes.of(settings.internal_token.get_secret_value()), channels)
    http = client(answer_within=settings.bot_timeout)
    bots = Bots(
        Addresses(settings.bot_url),
        token=settings.bot_token.get_secret_value(),
        timeout=settings.bot_timeout,
        telemetry=metrics.counters,
    )
    metrics.counters.watch_breaker(lambda: bots.are_given_up)
    ear, deaf = _ear(settings)
    return House(
        settings=settings,
        database=database,
        http=http,
        knowledge=knowledge,
        directory=Directory.load(settings.data),
        desks=Desks.load(settings.data),
        templates=Templates.load(settings.data),
        clock=Clock.load(settings.data),
        channels=channels,
        gateway=Gateway(
            database,
            knowledge,
            Safety.load(settings.data, ear=ear),
            privacy=PrivacyNotice(settings.privacy_url, settings.privacy_version),
            channels=channels,
            codes=joining.codes,
            telemetry=metrics.counters,
        ),
        bots=bots,
        metrics=metrics,
        joining=joining,
        scanner=Scanner.at(settings.clamav_url),
        room=Room.beside(settings.database_url, settings.var, low=settings.low_disk),
        deaf=deaf,
    )


def _metrics(settings: Settings) -> tuple[Metrics, Database]:
    registry = CollectorRegistry()
    counters = Counters(registry, settings.channels)
    database = Database(settings.database_url, counters)
    return Metrics(registry, counters, Figures(database, settings.channels)), database


def _ear(settings: Settings) -> tuple[Ear | None, str | None]:
    """Without a trained model the rules still watch: said in the log and by /readyz."""
    try:
        return newest_ear(settings.models), None
    except NoEar as error:
        logger.warning("Emergencies are found by rules only: %s", error)
        return None, str(error)
