"""Makes a version in the background: snapshot, training, evaluation; one at a time."""

import asyncio
import logging
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from handoff.db import Database
from handoff.settings import ROOT, Settings
from handoff.tables import Release
from handoff.training import evaluating, programs, releases, snapshots
from handoff.training.archives import Archives
from handoff.training.publishing import Publishing

BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
TRAIN = (str(BOT_PYTHON), "-m", "bot.train")
EVALUATE = (sys.executable, "-m", "evaluation", "--mistakes")
KEPT = 6  # versions whose archives stay
# Of the service's own: an evaluation starts a bot for itself
NOT_THEIRS = ("SPORTELLO_BOT_URL", "SPORTELLO_BOT_TOKEN", "SPORTELLO_DATABASE_URL")
FAILED = "{step} non è riuscito. Il resoconto tecnico è in {log}: lo mostri a chi cura il sistema."
STEPS = {"train": "L'addestramento", "evaluate": "La prova", "compare": "Il confronto"}
INTERRUPTED = "Il servizio è stato riavviato prima della fine: avvii di nuovo l'addestramento."
logger = logging.getLogger(__name__)


class GivenUp(RuntimeError):
    """Nobody waits for it any more."""


@dataclass(slots=True)
class Workshop:
    """`train` and `evaluate` are commands; the second gets the file of messages at its end."""

    database: Database
    settings: Settings
    archives: Archives
    train: tuple[str, ...] = TRAIN
    evaluate: tuple[str, ...] = EVALUATE
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    @property
    def is_possible(self) -> bool:
        """Where the bot runs in a container of its own, it is trained with its image."""
        return Path(self.train[0]).exists()

    async def start(self, *, author: str) -> Release:
        """IntegrityError when one is being made already."""
        await Publishing(self.database, self.archives).adopt()  # it came first: a lower number
        async with self.database.begin() as session:
            release = await releases.begin(session, author=author)
        self._task = asyncio.create_task(self._make(release.id))
        return release

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def finished(self) -> None:
        """Until what was started is done, one way or the other."""
        if self._task:
            await asyncio.wait({self._task})

    async def _make(self, release_id: int) -> None:
        job = Job(self, release_id)
        try:
            archive, report = await job.make()
        except asyncio.CancelledError:
            await self._fail(release_id, INTERRUPTED)
            raise
        except GivenUp:
            return
        except Exception as error:
            logger.error("version %s failed: %s", release_id, type(error).__name__)
            reason = FAILED.format(step=STEPS.get(job.step, "La preparazione"), log=job.log)
            await self._fail(release_id, reason)
            return
        async with self.database.begin() as session:
            await releases.finish(session, release_id, archive=archive, report=report)

    async def _fail(self, release_id: int, reason: str) -> None:
        """If even this fails, its silence tells."""
        with suppress(SQLAlchemyError, OSError):
            async with self.database.begin() as session:
                await releases.fail(session, release_id, reason)


@dataclass(slots=True)
class Job:
    """The making of one version."""

    workshop: Workshop
    release_id: int
    step: str = "export"

    @property
    def log(self) -> Path:
        return self.workshop.archives.candidate(self.release_id) / f"{self.step}.log"

    async def make(self) -> tuple[str, dict[str, Any]]:
        """Its archive's name and its report."""
        archives = self.workshop.archives
        await self._forget()
        await self._export()
        await self._at("train")
        folder = archives.candidate(self.release_id)
        await self._run(self.workshop.train, folder)
        archive = archives.trained(self.release_id)
        if archive is None:
            raise programs.ProgramFailed("no archive was made")
        await self._at("evaluate")
        report = await self._evaluation(folder)
        await self._at("compare")
        await self._evaluate_live(report["tests"])
        return archive.name, report

    async def _at(self, step: str) -> None:
        self.step = step
        await self._beat()

    async def _beat(self) -> None:
        async with self.workshop.database.begin() as session:
            if not await releases.beat(session, self.release_id, self.step):
                raise GivenUp

    async def _forget(self) -> None:
        async with self.workshop.database.read() as session:
            found = await releases.every(session)
        live = await asyncio.to_thread(self.workshop.archives.live)
        serving = releases.live_of(found, live.name if live else None)
        before = releases.previous(found, serving)
        kept = {each.id for each in (serving, before) if each} | {e.id for e in found[:KEPT]}
        await asyncio.to_thread(self.workshop.archives.forget, kept)

    async def _export(self) -> None:
        shutil.rmtree(self.workshop.archives.candidate(self.release_id), ignore_errors=True)
        async with self.workshop.database.read() as session:
            await snapshots.write(session, self.workshop.settings.data, self._snapshot)

    async def _evaluation(self, models: Path) -> dict[str, Any]:
        data = self.workshop.settings.data
        said = [
            await self._run((*self.workshop.evaluate, str(data / "evaluation" / name)), models)
            for name in (evaluating.MESSAGES, evaluating.EMERGENCIES)
        ]
        tests = await asyncio.to_thread(evaluating.tests_of, data)
        return evaluating.report(*said, tests=tests)

    async def _evaluate_live(self, tests: str) -> None:
        """What serves now is asked the same messages, once."""
        publishing = Publishing(self.workshop.database, self.workshop.archives)
        live = await publishing.adopt()
        if live is None or (live.report and live.report["tests"] == tests):
            return
        try:
            report = await self._evaluation(self.workshop.archives.candidate(live.id))
        except programs.ProgramFailed as error:  # an old one, which this program cannot load
            logger.warning("the version that serves was not evaluated: %s", error)
            return
        async with self.workshop.database.begin() as session:
            (await session.get_one(Release, live.id)).report = report

    async def _run(self, command: tuple[str, ...], models: Path) -> str:
        """With the candidate's folder for a folder of models."""
        env = {key: value for key, value in os.environ.items() if key not in NOT_THEIRS}
        env |= {
            "SPORTELLO_MODELS": str(models),
            "SPORTELLO_SNAPSHOT": str(self._snapshot),
            "SPORTELLO_DATA": str(self.workshop.settings.data),
            "LOG_LEVEL": "WARNING",  # in a log, Rasa's bars are thousands of characters
        }
        return await programs.run(
            command, env=env, log=self.log, beat=self._beat, every=releases.BEAT
        )

    @property
    def _snapshot(self) -> Path:
        return self.workshop.archives.snapshot(self.release_id)
