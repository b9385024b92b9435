"""The whole evaluation, with a bot that answers by the contract on loopback."""

import json

import pytest

from evaluation.__main__ import main
from tests.fake_bot import FakeBot


@pytest.fixture
def bot(monkeypatch):
    with FakeBot() as bot:
        monkeypatch.setenv("SPORTELLO_BOT_URL", bot.url)
        monkeypatch.setenv("SPORTELLO_BOT_TOKEN", "b" * 32)
        yield bot


@pytest.fixture
def run(tmp_path, capsys):
    def run(*lines):
        file = tmp_path / "set.tsv"
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        code = main([str(file)])
        written = capsys.readouterr()
        return code, written.out.splitlines(), written.err

    return run


def test_the_last_line_is_the_summary_of_the_contract(bot, run):
    code, out, _ = run(
        "parcheggio\tsemplice\tdove posso parcheggiare?",
        "referti\tstoria\tdove posso parcheggiare la mia macchina?",
    )
    found = json.loads(out[-1])
    assert code == 0
    assert set(found) == {
        "n", "right", "offered", "wrong", "declined", "by_style", "p50_ms", "p99_ms", "model"
    }  # fmt: skip
    assert found["n"] == 2
    assert found["right"] + found["offered"] + found["wrong"] + found["declined"] == 1
    assert found["by_style"] == {"semplice": 1.0, "storia": 0.0}
    assert 0 < found["p50_ms"] <= found["p99_ms"]


def test_each_message_is_the_first_of_its_own_conversation(bot, run):
    run("saluto\tsemplice\tciao", "saluto\tsemplice\tciao")
    assert len({question["conversation_id"] for question in bot.asked}) == len(bot.asked)


def test_safety_comes_before_the_door(bot, run):
    _, out, _ = run(
        "emergenza\tsemplice\tmio padre non respira",
        "crisi_psicologica\tsemplice\tvorrei sapere gli orari",
        "no\tsemplice\tdove si dona il sangue?",
        "no\tsemplice\til gatto non respira",
    )
    found = json.loads(out[-1])
    assert found["caught"] == 0.5
    assert found["false_alarms"] == 0.5
    assert "mio padre non respira" not in [question["text"] for question in bot.asked]


def test_a_broken_bot_is_an_error_and_no_result(bot, run):
    bot.fault = "broken"
    code, out, error = run("saluto\tsemplice\tciao")
    assert code == 2
    assert out == []
    assert "no answer" in error


def test_a_malformed_file_is_an_error_with_its_line(run):
    code, out, error = run("saluto\tsemplice\tciao", "saluto ciao")
    assert code == 2
    assert out == []
    assert "line 2" in error
