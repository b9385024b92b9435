"""Makes a version the one that answers, and the one before again."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import Database
from handoff.tables import Release, present
from handoff.training import releases
from handoff.training.archives import Archives


class Overtaken(RuntimeError):
    """Another version was published since the trainer looked."""


class NotPublishable(RuntimeError):
    """It is not ready, or its archive is gone."""


@dataclass(frozen=True, slots=True)
class Publishing:
    database: Database
    archives: Archives

    async def publish(self, release_id: int, *, seen: str | None, author: str) -> None:
        """`seen` is the archive that served when the trainer decided."""
        archive = await asyncio.to_thread(self.archives.trained, release_id)
        if archive is None:
            raise NotPublishable
        await self.adopt()
        copy = await asyncio.to_thread(self.archives.prepare, archive)
        try:
            async with self.database.begin() as session:
                await self._make_live(session, release_id, copy, seen=seen, author=author)
        finally:
            copy.unlink(missing_ok=True)

    async def _make_live(
        self, session: AsyncSession, release_id: int, copy: Path, *, seen: str | None, author: str
    ) -> None:
        """Renaming comes last: from then on bots find it."""
        found = (await session.scalars(select(Release).with_for_update())).all()
        live = self.archives.live()
        if (live.name if live else None) != seen:
            raise Overtaken
        release = next((each for each in found if each.id == release_id), None)
        if release is None or release.state != "ready":
            raise NotPublishable
        release.live_as = self.archives.next_name(release.archive or copy.name)
        release.published_at, release.published_by = present(), author
        await session.flush()
        self.archives.serve(copy, release.live_as)

    async def adopt(self) -> Release | None:
        """The version that serves, written down if it was not trained at this desk."""
        live = self.archives.live()
        if live is None:
            return None
        async with self.database.begin() as session:
            found = await releases.every(session)
            if known := releases.live_of(found, live.name):
                return known
            release = Release(
                state="ready",
                step="installed",
                author=releases.INSTALLATION,
                archive=live.name,
                live_as=live.name,
                published_at=present(),
                published_by=releases.INSTALLATION,
            )
            session.add(release)
            await session.flush()
            await asyncio.to_thread(self.archives.adopt, live, release.id)
        return release
