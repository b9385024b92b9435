"""A channel that fails is told in clear words, and the others are played all the same."""

from collections.abc import Awaitable

import httpx
import pytest

from tests.journey.__main__ import shown, verdict
from tests.journey.course import Course
from tests.journey.stuck import Stuck


async def played(outcome: Course | Exception) -> Course:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Stuck("la risposta approvata non è arrivata entro 30 secondi"), "non è arrivata entro"),
        (httpx.ConnectError("All connection attempts failed"), "connection attempts failed"),
        (httpx.ReadTimeout(""), "ReadTimeout"),
    ],
)
async def test_a_failure_is_a_row_of_the_table(
    capsys: pytest.CaptureFixture[str], error: Exception, words: str
) -> None:
    course: Awaitable[Course] = played(error)
    assert not await shown("telegram", course)
    told = capsys.readouterr().out
    assert told.startswith("telegram  NON RIUSCITO: ")
    assert words in told


def test_whoever_started_it_learns_by_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict([]) == 0
    assert "11 canali: ogni richiesta è arrivata in fondo" in capsys.readouterr().out
    assert verdict(["x", "pec"]) == 1
    assert "2 canali su 11 si sono fermati: x, pec." in capsys.readouterr().out
