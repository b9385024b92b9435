"""The live words: revisions, files in and out, an edited answer that citizens read at once."""

import asyncio
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError

from handoff.cli import main
from handoff.db import Database
from handoff.knowledge import Expired, Knowledge, exchange, revisions
from handoff.knowledge.blocks import BadKnowledge, read_blocks, split
from handoff.knowledge.doctor import complaints
from handoff.knowledge.editing import set_text, with_text
from handoff.knowledge.fresh import refresh
from handoff.knowledge.words import entry_of
from handoff.settings import ROOT
from tests.handoff.talk import Citizen

DATA = ROOT / "data"
FILES = [f"knowledge/{file.name}" for file in sorted((DATA / "knowledge").glob("*.yml"))]
WHO = {"author": "Carla", "reason": "prova"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of our own to change."""
    for name in ("knowledge", "conversation"):
        shutil.copytree(DATA / name, tmp_path / "files" / name)
    return tmp_path / "files"


def rewrite(folder: Path, old: str, new: str, file: str = "knowledge/contatti.yml") -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


async def import_(database: Database, folder: Path) -> exchange.Imported:
    async with database.begin() as session:
        return await exchange.import_folder(session, folder, **WHO)


async def edit(database: Database, place: str, text: str, seen: int | None = None) -> int:
    async with database.begin() as session:
        return (await set_text(session, place, text, seen=seen, **WHO)).number


async def export(database: Database, folder: Path) -> None:
    async with database.read() as session:
        await exchange.export_folder(session, folder)


async def test_what_is_imported_is_exported_byte_for_byte(
    database: Database, tmp_path: Path
) -> None:
    await import_(database, DATA)
    await export(database, tmp_path / "out")
    for name in (*FILES, "conversation/frasi.yml"):
        assert (tmp_path / "out" / name).read_bytes() == (DATA / name).read_bytes(), name


async def test_importing_the_same_again_changes_nothing(database: Database) -> None:
    first = await import_(database, DATA)
    again = await import_(database, DATA)
    assert (len(first.added), again.same) == (again.same, len(first.added))
    assert [*again.added, *again.changed, *again.conflicts] == []


async def test_a_file_that_changed_becomes_the_next_revision(
    database: Database, folder: Path
) -> None:
    await import_(database, folder)
    rewrite(folder, "parcheggio:\n  title: ", "parcheggio:\n  title: Nuovo ")
    assert (await import_(database, folder)).changed == ["parcheggio"]
    async with database.read() as session:
        past = await revisions.history(session, "parcheggio")
    assert [(each.number, each.origin, each.author) for each in past] == [
        (1, "file", "Carla"),
        (2, "file", "Carla"),
    ]


async def test_an_edited_answer_stays_when_the_file_did_not_change(
    database: Database, folder: Path
) -> None:
    await import_(database, folder)
    await edit(database, "parcheggio", "Il parcheggio è gratuito.")
    assert (await import_(database, folder)).kept == ["parcheggio"]


async def test_a_file_and_a_person_that_changed_the_same_are_reported_and_nothing_is_overwritten(
    database: Database, folder: Path
) -> None:
    await import_(database, folder)
    await edit(database, "parcheggio", "Il parcheggio è gratuito.")
    rewrite(folder, "parcheggio:\n  title: ", "parcheggio:\n  title: Nuovo ")
    assert (await import_(database, folder)).conflicts == ["parcheggio"]
    async with database.read() as session:
        live = {each.key: each.text for each in await revisions.live(session)}
    assert "gratuito" in live["parcheggio"]


async def test_an_exported_folder_may_be_edited_and_comes_back_over_a_persons_change(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    await import_(database, folder)
    await edit(database, "parcheggio", "Il parcheggio è gratuito.")
    await export(database, tmp_path / "out")
    rewrite(tmp_path / "out", "è gratuito.", "costa un euro.")
    assert (await import_(database, tmp_path / "out")).changed == ["parcheggio"]


async def test_two_editors_of_exports_do_not_overwrite_each_other(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    await import_(database, folder)
    for name in ("one", "other"):
        await export(database, tmp_path / name)
        rewrite(tmp_path / name, "parcheggio:\n  title: ", f"parcheggio:\n  title: {name} ")
    assert (await import_(database, tmp_path / "one")).changed == ["parcheggio"]
    assert (await import_(database, tmp_path / "other")).conflicts == ["parcheggio"]


async def test_a_second_editor_of_the_same_revision_is_refused(database: Database) -> None:
    await import_(database, DATA)
    assert await edit(database, "parcheggio", "Il parcheggio è gratuito.", seen=1) == 2
    with pytest.raises(revisions.Outdated, match="Carla"):
        await edit(database, "parcheggio", "Il parcheggio costa.", seen=1)


async def test_a_number_is_given_once(database: Database) -> None:
    await import_(database, DATA)
    block = read_blocks(DATA)[0]
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            revisions.add(session, block, number=1, origin="person", **WHO)


def test_an_edit_keeps_comments_and_other_fields() -> None:
    block = next(each for each in read_blocks(DATA) if each.key == "contatti_reparto")
    after = with_text(block, "nessuno", "Non lo trovo.\nProvi ancora.")
    assert "# {nome} {sede} {piano}" in after.text
    assert after.entry()["variants"].pop("nessuno") == "Non lo trovo.\nProvi ancora."
    before = block.entry()
    del before["variants"]["nessuno"]
    assert {**after.entry(), "variants": after.entry()["variants"] | {"nessuno": 0}} == {
        **before,
        "variants": before["variants"] | {"nessuno": 0},
    }


@pytest.mark.parametrize(
    ("place", "text", "says"),
    [
        ("parcheggio", "  ", "answer is missing"),
        ("parcheggio", "parola " * 61, "61 words"),
        ("parcheggio", "Costa {euro} euro.", r"nobody fills \{euro\}"),
        ("contatti_reparto.trovato", "{nome}: {fax}", r"nobody fills \{fax\}"),
        ("parcheggio.domenica", "Di domenica è chiuso.", "no variant"),
        ("parkeggio", "Di domenica è chiuso.", "no entry"),
    ],
)
async def test_what_cannot_be_said_is_refused_and_changes_nothing(
    database: Database, place: str, text: str, says: str
) -> None:
    await import_(database, DATA)
    with pytest.raises(BadKnowledge, match=says):
        await edit(database, place, text)
    async with database.read() as session:
        assert {each.number for each in await revisions.live(session)} == {1}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("parcheggio:\n", "come_arrivare:\n", r"contatti\.yml:\d+: come_arrivare is described tw"),
        ("parcheggio:\n", "referti:\n", "referti is also described in"),
        ("parcheggio:\n  title", "parcheggio:\n  titel", "parcheggio: title is missing"),
        ("parcheggio:\n  title: ", "parcheggio:\n  title: [", "parcheggio: line"),
        ("  review: ", "  review: presto # ", "verified and review are days"),
        ("  next: [", "  next: [parkeggio, ", "there is no topic «parkeggio»"),
    ],
)
async def test_a_faulty_file_is_refused_whole_with_its_place(
    database: Database, folder: Path, old: str, new: str, says: str
) -> None:
    rewrite(folder, old, new)
    with pytest.raises(BadKnowledge, match=says):
        await import_(database, folder)
    async with database.read() as session:
        assert not await revisions.live(session)


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "knowledge" / "servizi.yml").write_bytes("perché:\n".encode("latin-1"))
    with pytest.raises(BadKnowledge, match=r"servizi\.yml: byte 5 is not UTF-8"):
        read_blocks(folder)


async def test_a_broken_list_of_revisions_is_named(database: Database, folder: Path) -> None:
    (folder / exchange.NUMBERS).write_text("{", encoding="utf-8")
    with pytest.raises(BadKnowledge, match="revisions.json"):
        await import_(database, folder)


def test_comments_above_an_entry_belong_to_it() -> None:
    first, second = split("f.yml", "# head\n\na:\n  x: 1\n\n# of b\nb:\n  x: 2\n")
    assert (first.text, second.text) == ("# head\n\na:\n  x: 1\n\n", "# of b\nb:\n  x: 2\n")


async def test_citizens_read_what_another_process_edited_while_the_service_runs(
    citizen: Citizen, database_url: str
) -> None:
    assert "gratuito" not in (await citizen.hears("parcheggio?"))[-1].text
    await import_(citizen.gateway.database, DATA)
    edited = ("knowledge", "set", "parcheggio", "Il parcheggio è gratuito.", "--why", "prova")
    await asyncio.to_thread(sportello, database_url, *edited)
    async with asyncio.timeout(10):
        while "gratuito" not in (answer := (await citizen.hears("parcheggio?"))[-1]).text:
            pass
    assert answer.trace["revision"] == "parcheggio/2"


async def test_a_revision_that_cannot_be_read_leaves_the_words_before_it(
    database: Database,
) -> None:
    await import_(database, DATA)
    knowledge = Knowledge.load(DATA)
    before = knowledge.wording("parcheggio").text
    broken = next(split("knowledge/contatti.yml", "parcheggio:\n  - [\n"))
    async with database.begin() as session:
        revisions.add(session, broken, number=2, origin="person", **WHO)
    await edit(database, "referti", "Si ritirano allo sportello.")
    await refresh(database, knowledge)
    assert knowledge.wording("parcheggio").text == before
    assert knowledge.wording("referti").text.startswith("Si ritirano allo sportello.")


RAW = {"title": "T", "answer": "Sì.", "kind": "answer", "review": date(2026, 1, 1)}


def expired(risk: str) -> Knowledge:
    known = Knowledge.load(DATA)
    known.entries["parcheggio"] = entry_of("parcheggio", {**RAW, "risk": risk})
    return known


def test_an_expired_answer_of_low_risk_says_so() -> None:
    assert "ricontrollare" in expired("L").wording("parcheggio").text


def test_an_expired_answer_of_high_risk_is_not_given() -> None:
    with pytest.raises(Expired):
        expired("H").wording("parcheggio")


async def test_who_asks_for_an_expired_answer_of_high_risk_reaches_a_person(
    citizen: Citizen, app: FastAPI
) -> None:
    app.state.knowledge.entries |= expired("H").entries
    heard = await citizen.hears("dove parcheggio?")
    assert [each.topic for each in heard] == ["risposta_scaduta"]
    assert (await citizen.conversation()).holder == "queue"


async def test_the_doctor_names_samples_and_what_is_past_its_day(
    database: Database, folder: Path
) -> None:
    rewrite(folder, "review: 2027", "review: 2020")
    await import_(database, folder)
    async with database.read() as session:
        lines = await complaints(session, DATA)
    assert any("da ricontrollare dal" in line for line in lines)
    assert any(line.startswith("knowledge/diritti.yml: reclamo: dato dimostr") for line in lines)
    assert any(line.startswith("directory/wards.yml: ") for line in lines)


def environment(database_url: str) -> dict[str, str]:
    return {
        "SPORTELLO_DATABASE_URL": database_url,
        "SPORTELLO_BOT_TOKEN": "b" * 32,
        "SPORTELLO_INTERNAL_TOKEN": "i" * 32,
    }


def sportello(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "handoff", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment(database_url)},
        text=True,
        capture_output=True,
        check=False,
    )


def test_the_commands_import_set_and_export(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment(database_url).items():
        monkeypatch.setenv(name, value)
    assert main(["knowledge", "import", str(DATA)]) == 0
    assert "added" in capsys.readouterr().out
    assert main(["knowledge", "set", "parcheggio", "È gratuito.", "--why", "x"]) == 0
    assert capsys.readouterr().out == "parcheggio: revision 2, live within a second\n"
    assert main(["knowledge", "set", "parkeggio", "È gratuito.", "--why", "x"]) == 2
    assert "Nothing was changed" in capsys.readouterr().err
    out = tmp_path / "out"
    assert main(["knowledge", "export", str(out)]) == 0
    assert "È gratuito." in (out / "knowledge" / "contatti.yml").read_text(encoding="utf-8")
    assert json.loads((out / exchange.NUMBERS).read_text())["parcheggio"] == 2
    capsys.readouterr()
    assert main(["knowledge", "export", str(out)]) == 2
    assert "--over" in capsys.readouterr().err
    assert main(["doctor"]) == 1
