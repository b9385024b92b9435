"""A database out of a backup: proved in a scratch database first, then in the place of the one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from handoff import migrations
from handoff.backup import archive, soundness
from handoff.backup.archive import Damaged, Manifest
from handoff.backup.stores import Store, store_of
from handoff.migrations import Standing
from handoff.refusals import NewerSchema, Refusal
from handoff.settings import Settings
from handoff.training.archives import NAME, STAMP, Archives


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    aside: str | None  # where the database before is now
    model: str | None  # the archive that came along
    serves: str | None  # the archive that serves now


def prove(settings: Settings, file: Path) -> Manifest:
    """Restore into a scratch database, look at all of it, and drop it. Raises Damaged."""
    with _opened(settings, file) as (store, manifest, folder), _proved(store, manifest, folder):
        return manifest


def restore(settings: Settings, file: Path, *, replace: bool) -> Restored:
    """The backup's database takes the place of the present one, which is kept aside.

    Raises Busy while a service uses the present one, Refusal when there is one and `replace` is
    false; whatever is raised, the present one is untouched.
    """
    stamp = f"{datetime.now(UTC):{STAMP}}"
    with _opened(settings, file) as (store, manifest, folder):
        store.require_unused()
        if store.is_there() and not replace:
            raise Refusal(
                "There is a database already: with --yes it is put aside, under a name with "
                f"`before-restore`, and the backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC "
                "takes its place."
            )
        here = Archives.of(models=settings.models, var=settings.var)
        with _proved(store, manifest, folder) as url, _copied(manifest, folder, here) as copies:
            aside = store.swap(url, stamp=stamp)
            for name, copy in copies.items():
                here.serve(copy, name)
    live = here.live()
    model = next(iter(_models(manifest)), None)
    return Restored(manifest, aside, model, live.name if live else None)


@contextmanager
def _opened(settings: Settings, file: Path) -> Iterator[tuple[Store, Manifest, Path]]:
    """Unpacked, whole, and of a kind that this code and this database can take."""
    store = store_of(settings)
    with TemporaryDirectory(prefix=".restoring-", dir=store.workplace) as place:
        manifest = archive.unpack(file, Path(place))
        if migrations.standing_of(manifest.revision) is Standing.NEWER:
            raise NewerSchema(
                f"{file} was made by Sportello {manifest.product} with a schema "
                f"({manifest.revision}) that is newer than this version: install that one first."
            )
        if manifest.database != store.kind or store.member not in manifest.members:
            raise Refusal(
                f"{file} is of a {manifest.database} database and SPORTELLO_DATABASE_URL names "
                f"a {store.kind} one: set it to one of the same kind."
            )
        yield store, manifest, Path(place)


@contextmanager
def _proved(store: Store, manifest: Manifest, folder: Path) -> Iterator[str]:
    with store.scratch(folder / store.member) as url:
        wrong = soundness.prove(url, revision=manifest.revision, rows=manifest.rows)
        if wrong:
            raise Damaged("The backup does not hold what it should: " + "; ".join(wrong) + ".")
        yield url


def _models(manifest: Manifest) -> list[str]:
    return [PurePosixPath(each).name for each in manifest.members if each.startswith("models/")]


@contextmanager
def _copied(manifest: Manifest, folder: Path, here: Archives) -> Iterator[dict[str, Path]]:
    """The models that are not there yet, by name: what may fail is done before the swap."""
    copies: dict[str, Path] = {}
    try:
        for name in _models(manifest):
            if NAME.fullmatch(name) and not (here.models / name).exists():
                copies[name] = here.prepare(folder / name)
        yield copies
    finally:
        for copy in copies.values():
            copy.unlink(missing_ok=True)
