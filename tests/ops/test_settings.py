"""Every setting is explained in .env.example, and nothing is explained that does not exist."""

import re
import subprocess
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from handoff.channels.email.settings import EmailSettings
from handoff.channels.pec.settings import PecSettings
from handoff.channels.telegram.settings import TelegramSettings
from handoff.settings import Settings
from ops import settings as ops_settings
from ops.places import ROOT
from ops.progress import Remedy

NAME = re.compile(r"\bSPORTELLO_[A-Z0-9_]*[A-Z0-9]\b(?!_)")
EXAMPLE = ROOT / ".env.example"


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    kinds = {".py", ".yml", ".conf", ".ini", ".Dockerfile"}
    files = (ROOT / name for name in listed.stdout.splitlines())
    return [file for file in files if file.suffix in kinds and file.exists()]


def fields(kind: type[BaseSettings]) -> set[str]:
    prefix = str(kind.model_config["env_prefix"])
    return {f"{prefix}{field}".upper() for field in kind.model_fields}


def used() -> set[str]:
    spelt = {name for file in tracked() for name in NAME.findall(file.read_text())}
    channels = (TelegramSettings, EmailSettings, PecSettings)
    return spelt.union(fields(Settings), *map(fields, channels))


def test_settings_in_use_and_settings_explained_are_the_same() -> None:
    explained = set(ops_settings.read(EXAMPLE))
    assert used() - explained == set(), "used, but not explained in .env.example"
    assert explained - used() == set(), "explained in .env.example, but not used"


def test_every_setting_has_a_line_of_explanation_above_it() -> None:
    for paragraph in EXAMPLE.read_text().split("\n\n"):
        assert paragraph.startswith("#"), paragraph


def test_secrets_are_made_once_and_readable_by_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secrets.env"
    made = ops_settings.generate(file)
    assert ops_settings.generate(file) == made
    assert file.stat().st_mode & 0o077 == 0
    assert all(len(value) >= 32 for value in made.values())
    assert len(set(made.values())) == len(ops_settings.SECRETS)


def test_a_line_that_is_no_setting_is_told_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("my secret without a name\n")
    with pytest.raises(Remedy, match=r"not NAME=value") as told:
        ops_settings.read(file)
    assert "my secret" not in str(told.value)


def test_quotes_comments_and_export_are_understood(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# a comment\n\nexport A='x y'\nB=\"z\"\nC=\n")
    assert ops_settings.read(file) == {"A": "x y", "B": "z", "C": ""}
