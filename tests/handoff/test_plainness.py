"""The plainness of approved words is measured, and hard ones stop `make check`."""

from pathlib import Path

import pytest

from handoff.knowledge.plainness import gulpease, main
from handoff.settings import ROOT

ENTRY = """parcheggio:
  title: Parcheggio
  kind: answer
  risk: L
  answer: "{answer}"
"""
HARD = (
    "L'amministrazione ospedaliera predisponendo regolamentazioni differenziate subordina "
    "conseguentemente l'accessibilità all'autorizzazione preventivamente rilasciata"
)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("Il sole è alto.", 89 + (300 * 1 - 10 * 11) / 4),
        ("Il sole è alto. Fa caldo.", 89 + (300 * 2 - 10 * 18) / 6),
        ("Vada su https://www.example.org/una/pagina/lunga.", 100.0),
        ("", 100.0),
    ],
)
def test_the_index_counts_sentences_words_and_letters(text: str, index: float) -> None:
    assert gulpease(text) == pytest.approx(min(100.0, index))


def test_long_words_in_one_sentence_are_hard() -> None:
    assert gulpease(HARD) < 40


@pytest.mark.parametrize(("answer", "code"), [("Il parcheggio è qui davanti.", 0), (HARD, 1)])
def test_a_hard_answer_is_named_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, code: int
) -> None:
    (tmp_path / "knowledge").mkdir()
    file = tmp_path / "knowledge" / "a.yml"
    file.write_text(ENTRY.format(answer=answer), encoding="utf-8")
    assert main(tmp_path) == code
    assert ("parcheggio.answer is hard to read" in capsys.readouterr().out) == bool(code)


def test_our_answers_are_plain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT / "data") == 0, capsys.readouterr().out
