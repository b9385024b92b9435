"""One file out of a running service: what stands in it is of one moment."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from handoff import PRODUCT, migrations
from handoff.backup import archive
from handoff.backup.archive import Manifest, Member
from handoff.backup.stores import store_of
from handoff.refusals import Busy, Refusal
from handoff.safety.ear import ENDING
from handoff.settings import Settings
from handoff.training.archives import STAMP, Archives

NAME = re.compile(r"sportello-\d{8}T\d{6}Z\.tar")
MAKING = ".making-"
WHERE = "SPORTELLO_DATABASE_URL names it"


@dataclass(frozen=True, slots=True)
class Made:
    file: Path
    manifest: Manifest
    size: int  # bytes


def make(settings: Settings, folder: Path) -> Made:
    """A new backup in the folder; whole, or not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder), TemporaryDirectory(prefix=MAKING, dir=folder) as place:
        made_at = _free_moment(folder)
        manifest, members = _gather(settings, Path(place), made_at)
        packed = Path(place) / f"sportello-{made_at:{STAMP}}.tar"
        member = archive.pack(packed, manifest, members)
        file = folder / packed.name
        noted = archive.checksum_of(packed)
        noted.write_text(f"{member.sha256}  {file.name}\n")
        noted.chmod(0o600)
        archive.sync([noted])
        noted.rename(folder / noted.name)  # before the backup: this one never lacks it
        packed.rename(file)
        archive.sync([folder])
    return Made(file, manifest, member.size)


def keep(folder: Path, count: int) -> list[Path]:
    """Delete all but the newest so many; what was deleted."""
    old = backups(folder)[:-count] if count > 0 else []
    for file in old:
        file.unlink(missing_ok=True)
        archive.checksum_of(file).unlink(missing_ok=True)
    return old


def backups(folder: Path) -> list[Path]:
    """From the oldest on."""
    return sorted(file for file in folder.iterdir() if NAME.fullmatch(file.name))


def _gather(
    settings: Settings, place: Path, made_at: datetime
) -> tuple[Manifest, dict[str, Path]]:
    store = store_of(settings)
    if not store.is_there():
        raise Refusal(f"There is no database to be copied: {WHERE}.")
    migrations.require_known(settings.database_url)
    if (revision := migrations.current(settings.database_url)) is None:
        raise Refusal(f"The database has no tables of Sportello: {WHERE}.")
    copied = place / store.member
    rows = store.copy(copied)
    members = {store.member: copied, **_serving(settings)}
    manifest = Manifest(
        product=PRODUCT,
        made_at=made_at,
        database=store.kind,
        revision=revision,
        rows=rows,
        members={name: archive.digest(file) for name, file in members.items()},
        present=_staying(settings),
    )
    return manifest, members


def _serving(settings: Settings) -> dict[str, Path]:
    """The model that answers citizens, without which a new machine must train first."""
    live = _archives(settings).live()
    return {f"models/{live.name}": live} if live else {}


def _staying(settings: Settings) -> dict[str, Member]:
    """Earlier archives, candidates and what they were made of: by hash, so that one knows what is
    missing or changed on another machine."""
    here = _archives(settings)
    live = here.live()
    archives = {f"models/{file.name}": file for file in here.models.glob(f"*{ENDING}")}
    archives |= {
        f"candidates/{file.parent.name}/{file.name}": file
        for file in here.candidates.glob(f"*/*{ENDING}")
    }
    staying = {name: archive.digest(file) for name, file in archives.items() if file != live}
    for folder in here.snapshots.glob("*/"):
        staying[f"snapshots/{folder.name}"] = archive.digest_of_folder(folder)
    return dict(sorted(staying.items()))


def _archives(settings: Settings) -> Archives:
    return Archives.of(models=settings.models, var=settings.var)


def _free_moment(folder: Path) -> datetime:
    """This second, or the next that no backup is named after."""
    moment = datetime.now(UTC).replace(microsecond=0)
    while (folder / f"sportello-{moment:{STAMP}}.tar").exists():
        moment += timedelta(seconds=1)
    return moment


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time in a folder; what a killed one left is swept away."""
    with open(folder / ".lock", "w", opener=_private) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"Another backup is being made in {folder}.") from error
        for left in folder.glob(f"{MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
