"""The browser and the database server of the tests are found, or missed with a remedy."""

from pathlib import Path

import pytest

from ops import equipment
from ops.progress import Remedy


def program(file: Path, *, prints: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho {prints}\n")
    file.chmod(0o755)
    return file


def test_the_named_browser_comes_first(tmp_path: Path) -> None:
    named = program(tmp_path / "mine")
    program(tmp_path / "usr" / "bin" / "chromium")
    assert equipment.find_chromium({"CHROMIUM": str(named)}, root=tmp_path) == named


def test_a_named_browser_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Remedy, match="CHROMIUM is .*nowhere"):
        equipment.find_chromium({"CHROMIUM": str(tmp_path / "nowhere")}, root=tmp_path)


def test_a_browser_on_the_path_will_do(tmp_path: Path) -> None:
    chrome = program(tmp_path / "bin" / "google-chrome")
    assert equipment.find_chromium({"PATH": str(tmp_path / "bin")}, root=tmp_path) == chrome


def test_no_browser_is_no_answer(tmp_path: Path) -> None:
    assert equipment.find_chromium({"PATH": str(tmp_path)}, root=tmp_path) is None


def test_the_newest_database_server_is_taken(tmp_path: Path) -> None:
    for version in ("9", "15", "14"):
        program(tmp_path / "usr/lib/postgresql" / version / "bin" / "initdb")
    found = equipment.find_postgres({"PATH": ""}, root=tmp_path)
    assert found == tmp_path / "usr/lib/postgresql/15/bin"


def test_a_client_without_a_server_is_not_enough(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "pg_config", prints=str(tmp_path / "bin"))
    assert equipment.find_postgres({"PATH": str(tmp_path / "bin")}, root=tmp_path) is None
