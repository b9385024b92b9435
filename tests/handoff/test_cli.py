"""The service's commands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from handoff.cli import main
from tests.fake_telegram import FakeTelegram


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    for name in ("SPORTELLO_ADMIN_EMAIL", "SPORTELLO_ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SPORTELLO_DATABASE_URL", database_url)
    monkeypatch.setenv("SPORTELLO_BOT_TOKEN", "b" * 32)
    monkeypatch.setenv("SPORTELLO_INTERNAL_TOKEN", "i" * 32)


@pytest.mark.usefixtures("environment")
def test_the_first_log_in_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["first-login"]) == 0
    user, password = capsys.readouterr().out.removeprefix("login: ").split()
    assert "@" in user
    assert len(password) >= 12
    main(["first-login"])
    assert capsys.readouterr().out == ""


def test_nobody_else_on_the_machine_reads_the_database(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    environment = os.environ | {
        "SPORTELLO_DATABASE_URL": f"sqlite+aiosqlite:///{file}",
        "SPORTELLO_BOT_TOKEN": "b" * 32,
        "SPORTELLO_INTERNAL_TOKEN": "i" * 32,
    }
    subprocess.run([sys.executable, "-m", "handoff", "migrate"], env=environment, check=True)
    assert file.stat().st_mode & 0o007 == 0


@pytest.mark.usefixtures("environment")
def test_an_operator_is_added_once(capsys: pytest.CaptureFixture[str]) -> None:
    carla = ["add-operator", "--email", "carla@example.it", "--name", "Carla"]
    assert main(carla) == 0
    assert capsys.readouterr().out.startswith("login: carla@example.it ")
    with pytest.raises(SystemExit, match="at work here already"):
        main(carla)


@pytest.mark.parametrize("token", ["", "short", "${SPORTELLO_BOT_TOKEN}" + "x" * 20])
@pytest.mark.usefixtures("environment")
def test_a_wrong_secret_stops_the_start_and_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], token: str
) -> None:
    monkeypatch.setenv("SPORTELLO_BOT_TOKEN", token)
    assert main(["serve"]) == 2
    said = capsys.readouterr().err
    assert "SPORTELLO_BOT_TOKEN" in said
    assert not token or token not in said


@pytest.mark.parametrize("command", ["serve", "worker", "channels"])
@pytest.mark.usefixtures("environment")
def test_a_channels_wrong_settings_are_named_and_their_values_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("SPORTELLO_CHANNELS", "webchat,whatsapp")
    monkeypatch.setenv("SPORTELLO_WHATSAPP_ACCESS_TOKEN", "cut")
    assert main([command]) == 2
    said = capsys.readouterr().err
    assert "the channel whatsapp cannot start" in said
    assert "SPORTELLO_WHATSAPP_ACCESS_TOKEN: Value error, at least 16 characters" in said
    assert "SPORTELLO_WHATSAPP_PHONE_NUMBER_ID: Field required" in said
    assert "cut" not in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("environment")
def test_channels_are_tried_without_starting_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By what an administrator types after filling in .env."""
    with FakeTelegram() as telegram:
        monkeypatch.setenv("SPORTELLO_CHANNELS", "webchat,telegram")
        monkeypatch.setenv("SPORTELLO_TELEGRAM_API_URL", telegram.api_url)
        monkeypatch.setenv("SPORTELLO_TELEGRAM_TOKEN", "123456:fake-token")
        assert main(["channels"]) == 0
        assert capsys.readouterr().out == "webchat   in order\ntelegram  in order\n"
        monkeypatch.setenv("SPORTELLO_TELEGRAM_TOKEN", "123456:revoked")
        assert main(["channels"]) == 1
        told = capsys.readouterr()
        assert "telegram  Telegram non accetta più il token" in told.out
        assert "revoked" not in told.out + told.err
        assert main(["channels", "--offline"]) == 0
        assert "telegram  settings in order" in capsys.readouterr().out


@pytest.mark.usefixtures("environment")
def test_a_misspelt_channel_stops_the_start_with_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPORTELLO_CHANNELS", "webchat,whatsap")
    assert main(["serve"]) == 2
    assert "SPORTELLO_CHANNELS names 'whatsap'" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
def test_a_snapshot_holds_what_the_bot_learns_from_and_not_what_it_is_tested_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    assert main(["snapshot", str(tmp_path / "snapshot")]) == 0
    assert "0 phrases of trainers" in capsys.readouterr().out
    kept = {path.name for path in (tmp_path / "snapshot").iterdir()}
    assert {"knowledge", "phrases"} <= kept
    assert "evaluation" not in kept
