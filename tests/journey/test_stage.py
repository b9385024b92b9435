"""The demonstration touches nothing of the hospital's own."""

from pathlib import Path

import pytest

from ops.progress import Remedy
from tests.journey import stage


def test_neither_the_hospitals_database_nor_its_accounts_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPORTELLO_DATABASE_URL", "postgresql+asyncpg://real/sportello")
    monkeypatch.setenv("SPORTELLO_X_MEDIA_URL", "https://ton.twitter.com")
    monkeypatch.setenv("SPORTELLO_CLAMAV_URL", "tcp://clamav:3310")
    monkeypatch.setenv("SPORTELLO_MODELS", "/models")
    fake = {"SPORTELLO_X_API_URL": "http://127.0.0.1:1"}
    env = stage.environment(tmp_path, port=1234, channels=fake)
    assert env["SPORTELLO_DATABASE_URL"].endswith(str(tmp_path / "demo.db"))
    assert env["SPORTELLO_X_API_URL"] == "http://127.0.0.1:1"
    assert env["SPORTELLO_MODELS"] == "/models"
    assert "SPORTELLO_X_MEDIA_URL" not in env
    assert "SPORTELLO_CLAMAV_URL" not in env
    assert env["SPORTELLO_PUBLIC_URL"] == "http://localhost:1234"


def test_without_a_trained_model_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPORTELLO_MODELS", str(tmp_path))
    with pytest.raises(Remedy, match="make train"), stage.stage(tmp_path, {}):
        pass
