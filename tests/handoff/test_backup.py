"""A backup is one moment of a service at work, and comes back whole or not at all."""

import asyncio
import json
import shutil
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
import tomllib
from sqlalchemy import Connection, insert, make_url, text

from handoff import PRODUCT, backup, migrations
from handoff.backup.archive import Damaged, Manifest, checksum_of, digest
from handoff.backup.making import keep
from handoff.backup.programs import choose
from handoff.backup.programs import environment as environment_of
from handoff.cli import main
from handoff.db import Database
from handoff.refusals import Busy, NewerSchema, Refusal, Unequipped
from handoff.settings import ROOT, Settings
from handoff.tables import Conversation, Message
from tests.handoff import rows
from tests.handoff.rows import transaction
from tests.handoff.test_migrations_at_work import LAST_BUT_ONE
from tests.postgres import free_port

PATIENCE = 30.0  # seconds for a copy that takes one or two
MODEL = "20261127T080000Z-abcdef.tar.gz"


@pytest.fixture
def settings(own_migrated_url: str, tmp_path: Path) -> Settings:
    """A database with a row in every table, and a model that serves."""
    return furnished(own_migrated_url, tmp_path)


@pytest.fixture
def embedded(migrated_sqlite: Path, tmp_path: Path) -> Settings:
    """The same on SQLite only, for what does not depend on the database."""
    shutil.copy(migrated_sqlite, tmp_path / "own.db")
    return furnished(f"sqlite+aiosqlite:///{tmp_path}/own.db", tmp_path)


def furnished(url: str, folder: Path) -> Settings:
    asyncio.run(transaction(url, rows.fill))
    asyncio.run(transaction(url, sound))
    (folder / "models").mkdir()
    (folder / "models" / MODEL).write_bytes(b"what the bot learnt")
    return _settings(url, folder)


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        database_url=url,
        models=folder / "models",
        var=folder / "var",
        bot_token="b" * 32,
        internal_token="i" * 32,
    )


def sound(connection: Connection) -> None:
    """Numbers as the service gives them; the samples' are not."""
    connection.execute(text("update conversation set last_seq = 1"))
    connection.execute(text("update message set seq = 1"))


def fatten(connection: Connection) -> None:
    connection.execute(text("update attachment_content set content = zeroblob(60000000)"))


def rename(connection: Connection) -> None:
    connection.execute(text("update conversation set name = 'later'"))


def names(connection: Connection) -> list[str]:
    return list(connection.execute(text("select name from conversation")).scalars())


@pytest.fixture
def made(embedded: Settings, tmp_path: Path) -> Path:
    return backup.make(embedded, tmp_path / "backups").file


def test_everything_comes_back_and_what_was_there_is_kept(
    settings: Settings, tmp_path: Path
) -> None:
    url = settings.database_url
    before = asyncio.run(transaction(url, rows.fill))
    made = backup.make(settings, tmp_path / "backups")
    assert set(made.manifest.rows) == {*before, rows.DIARY}
    assert set(made.manifest.rows.values()) == {1}
    asyncio.run(transaction(url, rename))
    (settings.models / MODEL).unlink()
    with pytest.raises(Refusal, match="--yes"):
        backup.restore(settings, made.file, replace=False)
    assert asyncio.run(transaction(url, names)) == ["later"]
    restored = backup.restore(settings, made.file, replace=True)
    assert rows.kept(before, asyncio.run(transaction(url, rows.fill))) == []
    assert (settings.models / MODEL).read_bytes() == b"what the bot learnt"
    assert restored.model == restored.serves == MODEL
    assert asyncio.run(transaction(_beside(url, restored.aside or ""), names)) == ["later"]


def _beside(url: str, aside: str) -> str:
    if url.startswith("sqlite"):
        return f"sqlite+aiosqlite:///{aside}"
    return f"{url.rpartition('/')[0]}/{aside}"


def test_a_model_that_finds_no_room_leaves_the_database_alone(
    embedded: Settings, made: Path
) -> None:
    asyncio.run(transaction(embedded.database_url, rename))
    shutil.rmtree(embedded.models)
    embedded.models.touch()  # no folder, whatever the rights of who runs this
    with pytest.raises(FileExistsError):
        backup.restore(embedded, made, replace=True)
    assert asyncio.run(transaction(embedded.database_url, names)) == ["later"]


def test_a_backup_is_for_its_owner_only(made: Path) -> None:
    for file in (made, checksum_of(made)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert {each.name for each in made.parent.iterdir()} == {
        made.name,
        f"{made.name}.sha256",
        ".lock",
    }
    told, name = checksum_of(made).read_text().split()
    assert name == made.name
    assert len(told) == 64


async def test_writers_go_on_and_the_copy_is_of_one_moment(
    settings: Settings, tmp_path: Path
) -> None:
    """Each transaction takes a number and writes a message: no copy may have only one of both."""
    if settings.database_url.startswith("sqlite"):  # several steps, between which others commit
        await transaction(settings.database_url, fatten)
    database = Database(settings.database_url)
    stop = asyncio.Event()
    writing = asyncio.create_task(_write(database, stop))
    try:
        async with asyncio.timeout(PATIENCE):
            made = await asyncio.to_thread(backup.make, settings, tmp_path / "backups")
    finally:
        stop.set()
        written = await writing
        await database.close()
    assert written > 1
    manifest = await asyncio.to_thread(backup.prove, settings, made.file)
    assert 1 <= manifest.rows["message"] <= written + 1


async def _write(database: Database, stop: asyncio.Event) -> int:
    written = 0
    while not stop.is_set():
        async with database.begin() as session:
            conversation = (await session.scalars(Conversation.__table__.select())).first()
            await session.execute(text("update conversation set last_seq = last_seq + 1"))
            await session.execute(
                insert(Message).values(
                    conversation_id=conversation,
                    seq=text("(select last_seq from conversation)"),
                    author="citizen",
                    text="buongiorno",
                )
            )
        written += 1
        await asyncio.sleep(0)
    return written


def test_nothing_is_replaced_under_a_service(settings: Settings, tmp_path: Path) -> None:
    made = backup.make(settings, tmp_path / "backups").file

    async def try_it() -> None:
        database = Database(settings.database_url)
        async with database.read() as session:
            await session.scalar(text("select count(*) from message"))
        with pytest.raises(Busy, match="stop Sportello"):
            await asyncio.to_thread(backup.restore, settings, made, replace=True)
        await database.close()

    asyncio.run(try_it())
    backup.restore(settings, made, replace=True)


@pytest.mark.parametrize("where", ["front", "middle", "cut"])
def test_a_damaged_file_is_refused_with_and_without_its_checksum(
    embedded: Settings, made: Path, where: str
) -> None:
    content = bytearray(made.read_bytes())
    place = {
        "front": content.index(b"made_at"),
        "middle": len(content) // 2,
        "cut": len(content) // 3,
    }[where]
    content[place] ^= 0xFF
    made.write_bytes(content[:place] if where == "cut" else content)
    with pytest.raises(Damaged, match="checksum"):
        backup.restore(embedded, made, replace=True)
    checksum_of(made).unlink()
    with pytest.raises(Damaged):
        backup.restore(embedded, made, replace=True)


def test_a_backup_that_lacks_what_its_manifest_tells_is_refused(
    embedded: Settings, made: Path
) -> None:
    for change, said in (
        ({"rows": {"message": 7}}, "message: 7 rows in the manifest, 1 in the database"),
        ({"members": {}}, "of the same kind"),
        ({"format": 2}, "no backup that can be read"),
    ):
        changed = rewritten(made, change)
        with pytest.raises(Refusal, match=said):
            backup.restore(embedded, changed, replace=True)
    with pytest.raises(NewerSchema, match="fedcba987654"):
        backup.restore(embedded, rewritten(made, {"revision": "fedcba987654"}), replace=True)


def rewritten(made: Path, change: dict[str, Any]) -> Path:
    """The same members below another manifest, without a checksum beside it."""
    changed = made.with_name("changed.tar")
    with tarfile.open(made) as old, tarfile.open(changed, "w") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            assert content is not None
            if member.name == "manifest.json":
                told = json.loads(content.read())
                for key, value in change.items():
                    told[key] = {**told[key], **value} if key == "rows" else value
                place = made.with_name("manifest.json")
                place.write_text(json.dumps(told))
                seal = made.with_name("manifest.sha256")
                seal.write_text(digest(place).sha256)
                for file in (place, seal):
                    new.add(file, arcname=file.name)
            elif member.name != "manifest.sha256":
                new.addfile(member, content)
    return changed


def test_a_gap_between_messages_is_found(embedded: Settings, tmp_path: Path) -> None:
    def tear(connection: Connection) -> None:
        connection.execute(text("update message set seq = 2"))

    asyncio.run(transaction(embedded.database_url, tear))
    made = backup.make(embedded, tmp_path / "backups")
    with pytest.raises(Damaged, match="1 conversations miss a message"):
        backup.prove(embedded, made.file)


def test_an_older_backup_is_brought_up_to_this_code(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/own.db"
    migrations.upgrade(url, LAST_BUT_ONE)
    asyncio.run(transaction(url, rows.fill))
    asyncio.run(transaction(url, sound))
    settings = _settings(url, tmp_path)
    made = backup.make(settings, tmp_path / "backups").file
    backup.restore(settings, made, replace=True)
    migrations.require_current(url)


def test_a_machine_without_a_database_needs_no_yes(settings: Settings, tmp_path: Path) -> None:
    made = backup.make(settings, tmp_path / "backups").file
    if settings.database_url.startswith("sqlite"):
        Path(settings.database_url.partition("///")[2]).unlink()
    else:
        asyncio.run(_drop(settings.database_url))
    shutil.rmtree(settings.models)
    restored = backup.restore(settings, made, replace=False)
    assert restored.aside is None
    assert restored.serves == MODEL
    migrations.require_current(settings.database_url)


async def _drop(url: str) -> None:
    server, _, name = url.rpartition("/")
    database = Database(f"{server}/postgres")
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text(f"drop database {name}"))
    await database.close()


def test_a_database_that_cannot_be_read_is_replaced_and_kept(
    embedded: Settings, made: Path
) -> None:
    file = Path(embedded.database_url.partition("///")[2])
    file.write_bytes(b"not a database any more")
    aside = backup.restore(embedded, made, replace=True).aside
    assert Path(aside or "").read_bytes() == b"not a database any more"
    migrations.require_current(embedded.database_url)


def test_the_newest_backups_are_kept(tmp_path: Path) -> None:
    stamps = [f"sportello-2026112{day}T020000Z.tar" for day in range(5)]
    for name in (*stamps, "sportello-mine.tar"):
        (tmp_path / name).touch()
        (tmp_path / f"{name}.sha256").touch()
    keep(tmp_path, 2)
    kept = {each.name for each in tmp_path.iterdir() if each.suffix == ".tar"}
    assert kept == {*stamps[3:], "sportello-mine.tar"}
    assert len(list(tmp_path.iterdir())) == 6
    keep(tmp_path, 0)
    assert len(list(tmp_path.iterdir())) == 6


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, embedded: Settings) -> None:
    for name in ("database_url", "models", "var"):
        monkeypatch.setenv(f"SPORTELLO_{name.upper()}", str(getattr(embedded, name)))
    monkeypatch.setenv("SPORTELLO_BOT_TOKEN", "b" * 32)
    monkeypatch.setenv("SPORTELLO_INTERNAL_TOKEN", "i" * 32)


@pytest.mark.usefixtures("environment")
def test_the_nightly_command_makes_proves_and_keeps(
    embedded: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["backup", "--verify", "--keep", "1"]) == 0
    assert "can be restored" in capsys.readouterr().out
    (made,) = (embedded.var / "backups").glob("*.tar")
    assert main(["restore", str(made), "--check"]) == 0
    assert main(["restore", str(made)]) == Refusal.code
    assert "--yes" in capsys.readouterr().err
    made.write_bytes(b"cut")
    assert main(["restore", str(made), "--check"]) == Damaged.code
    assert "damaged" in capsys.readouterr().err


def test_a_program_of_the_servers_version_is_taken_before_a_newer_and_an_older_never() -> None:
    found = {Path("/a"): 15, Path("/b"): 17, Path("/c"): 16}
    assert choose("pg_dump", found, server=16) == Path("/c")
    assert choose("pg_dump", {Path("/a"): 15, Path("/b"): 18}, server=16) == Path("/b")
    with pytest.raises(Unequipped, match="of version 17 .* postgresql-client-18"):
        choose("pg_dump", found, server=18)
    with pytest.raises(Unequipped, match="is missing"):
        choose("pg_dump", {}, server=16)


def test_the_password_goes_by_the_environment() -> None:
    url = make_url("postgresql+asyncpg://urp:p%40ss@db.example.it:5433/sportello?ssl=require")
    assert environment_of(url) == {
        "PGHOST": "db.example.it",
        "PGPORT": "5433",
        "PGUSER": "urp",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "sportello",
        "PGSSLMODE": "require",
    }


def test_a_server_that_is_away_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], made: Path
) -> None:
    away = f"postgresql+asyncpg://urp:p4ssw0rd@127.0.0.1:{free_port()}/sportello"
    monkeypatch.setenv("SPORTELLO_DATABASE_URL", away)
    for name in ("BOT", "INTERNAL"):
        monkeypatch.setenv(f"SPORTELLO_{name}_TOKEN", "t" * 32)
    monkeypatch.setenv("SPORTELLO_VAR", str(made.parent))
    for command in (["backup"], ["restore", str(made)]):
        assert main(command) == Refusal.code
        said = capsys.readouterr().err
        assert len(said.splitlines()) == 1
        assert "p4ssw0rd" not in said


def test_the_product_has_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == PRODUCT


def test_a_manifest_tells_what_stayed_behind(embedded: Settings, tmp_path: Path) -> None:
    earlier = embedded.models / "20261120T080000Z-012345.tar.gz"
    earlier.write_bytes(b"earlier")
    snapshot = embedded.var / "snapshots" / "7" / "knowledge" / "orari.yml"
    snapshot.parent.mkdir(parents=True)
    snapshot.write_text("orari: {}")
    manifest: Manifest = backup.make(embedded, tmp_path / "backups").manifest
    assert set(manifest.members) >= {f"models/{MODEL}"}
    assert set(manifest.present) == {f"models/{earlier.name}", "snapshots/7"}
    assert manifest.present["snapshots/7"].size == len("orari: {}")
