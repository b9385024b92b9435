"""Python 3.10 is found wherever it hides; what does not run is not taken."""

from pathlib import Path

import pytest

from ops import pythons
from ops.progress import Remedy


def program(file: Path, *, prints: str = "3.10", exits: int = 0) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho {prints}\nexit {exits}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def no_uv(tmp_path: Path) -> Path:
    return program(tmp_path / "uv", prints="none", exits=2)


def test_the_named_one_comes_first(tmp_path: Path, no_uv: Path) -> None:
    named = program(tmp_path / "mine" / "python")
    program(tmp_path / "bin" / "python3.10")
    environ = {"SPORTELLO_PYTHON310": str(named), "PATH": str(tmp_path / "bin")}
    assert pythons.find(no_uv, environ=environ, home=tmp_path) == named


def test_a_named_one_of_another_version_is_refused_with_the_remedy(
    tmp_path: Path, no_uv: Path
) -> None:
    named = program(tmp_path / "python", prints="3.12")
    with pytest.raises(Remedy, match=r"does not run as Python 3\.10.*pyenv install 3\.10"):
        pythons.find(no_uv, environ={"SPORTELLO_PYTHON310": str(named)}, home=tmp_path)


def test_a_dead_shim_on_the_path_gives_way_to_a_version_that_pyenv_has_not_activated(
    tmp_path: Path, no_uv: Path
) -> None:
    program(tmp_path / "shims" / "python3.10", prints="not-activated", exits=127)
    hidden = program(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python")
    environ = {"PATH": str(tmp_path / "shims"), "PYENV_ROOT": str(tmp_path / "pyenv")}
    assert pythons.find(no_uv, environ=environ, home=tmp_path) == hidden


def test_pyenv_in_the_home_folder_is_found_without_its_variable(
    tmp_path: Path, no_uv: Path
) -> None:
    hidden = program(tmp_path / ".pyenv" / "versions" / "3.10.2" / "bin" / "python")
    assert pythons.find(no_uv, environ={"PATH": ""}, home=tmp_path) == hidden


def test_uvs_own_is_taken_when_nothing_else_runs(tmp_path: Path) -> None:
    managed = program(tmp_path / "managed" / "python3.10")
    uv = program(tmp_path / "uv", prints=str(managed))
    assert pythons.find(uv, environ={"PATH": ""}, home=tmp_path) == managed


def test_without_any_the_remedy_names_the_ways_to_get_one(tmp_path: Path, no_uv: Path) -> None:
    with pytest.raises(Remedy, match="pyenv install.*SPORTELLO_PYTHON310"):
        pythons.find(no_uv, environ={"PATH": ""}, home=tmp_path)
