"""Trained archives: candidates in a folder each, and the folder that bot and safety read.

The newest of that folder, by name, serves: publishing is one more, and nothing is overwritten.
"""

import os
import re
import secrets
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from handoff.safety.ear import ENDING, newest_archive

STAMP = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"(?P<moment>\d{8}T\d{6}Z)-(?P<digest>[\w-]+)\.tar\.gz")
KEPT = 3  # archives that served, beside their copies here


@dataclass(frozen=True, slots=True)
class Archives:
    """`models`: what serves; `candidates`, `snapshots`: a folder per version."""

    models: Path
    candidates: Path
    snapshots: Path

    @classmethod
    def of(cls, *, models: Path, var: Path) -> "Archives":
        return cls(
            models.absolute(), (var / "candidates").absolute(), (var / "snapshots").absolute()
        )

    def live(self) -> Path | None:
        return newest_archive(self.models)

    def candidate(self, release_id: int) -> Path:
        return self.candidates / str(release_id)

    def snapshot(self, release_id: int) -> Path:
        return self.snapshots / str(release_id)

    def trained(self, release_id: int) -> Path | None:
        return next(iter(sorted(self.candidate(release_id).glob(f"*{ENDING}"))), None)

    def prepare(self, archive: Path) -> Path:
        """A copy in the folder that serves, under a name that nobody reads yet."""
        self.models.mkdir(parents=True, exist_ok=True)
        copy = self.models / f".publishing-{secrets.token_hex(8)}"
        with archive.open("rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        return copy

    def serve(self, copy: Path, name: str) -> None:
        """From now on it is the one."""
        copy.rename(self.models / name)

    def next_name(self, archive: str) -> str:
        """Later than every other one, whatever the clock says."""
        found = NAME.fullmatch(archive)
        digest = found["digest"] if found else archive.removesuffix(ENDING)
        moment = datetime.now(UTC)
        live = self.live()
        if live and (newest := NAME.fullmatch(live.name)):
            last = datetime.strptime(newest["moment"], STAMP).replace(tzinfo=UTC)
            moment = max(moment, last + timedelta(seconds=1))
        return f"{moment:{STAMP}}-{digest}{ENDING}"

    def adopt(self, live: Path, release_id: int) -> None:
        """Keep what serves as a candidate too: going back to it stays possible."""
        folder = self.candidate(release_id)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copyfile(live, folder / live.name)

    def forget(self, kept: Collection[int]) -> None:
        """Drop what only disk space remembers."""
        for folder in (self.candidates, self.snapshots):
            for each in folder.glob("[0-9]*"):
                if int(each.name) not in kept:
                    shutil.rmtree(each, ignore_errors=True)
        served = sorted(self.models.glob(f"*{ENDING}"), key=lambda file: file.name)
        for old in served[:-KEPT]:
            old.unlink(missing_ok=True)
