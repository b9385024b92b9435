"""What is new in a reply, and that no mail can be made to hold up all others."""

import time

import pytest

from handoff.channel.mailbox.quotes import LONGEST, unquoted

HEAD = "Il giorno lun 23 nov 2026 alle 10:15 Sportello <sportello@ospedale.example> ha scritto:"
LONG = "Mi fa male il petto e non respiro. " * 20


@pytest.mark.parametrize("below", ["", "\n\n\n\nGrazie, Anna"])
def test_a_long_line_of_the_sender_stays_and_one_that_is_quoted_goes(below: str) -> None:
    text = f"{LONG}{below}\n\n{HEAD}\n> {LONG}\n> altro"
    assert unquoted(text).split("\n")[0] == LONG.strip()
    assert ">" not in unquoted(text)
    assert "ha scritto" not in unquoted(text)


def test_what_is_said_between_long_lines_of_a_quotation_stays() -> None:
    told = unquoted(f"Rispondo sotto.\n\n{HEAD}\n> {LONG}\nMio padre non respira\n> {LONG}\nAnna")
    assert told == "Rispondo sotto.\n\nMio padre non respira\nAnna"


def test_what_looks_like_our_own_mark_is_only_left_out() -> None:
    assert unquoted("a\ue0007\ue001b") == "a7b"


@pytest.mark.parametrize(
    "pattern",
    [
        *("\n", " \t\n", "> \n", "--\n", "Il ", "On ", "Il \n", "Il" + " x" * 120 + "\n"),
        *(HEAD.replace("ha scritto:", "") + "\n", "Da: a\n", "Disclaimer: a mail\n"),
    ],
)
def test_a_mail_made_for_it_takes_no_minutes(pattern: str) -> None:
    begun = time.process_time()
    unquoted(pattern * (LONGEST // len(pattern)))
    assert time.process_time() - begun < 1
