"""When a message was written, by whatever a provider says of it."""

from datetime import UTC, datetime

import pytest

from handoff.channel.moments import by_mail, by_unix

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "per_second"),
    [(1795521600, 1), ("1795521600", 1), (1795521600000, 1000), ("1795521600000", 1000)],
)
def test_seconds_and_thousandths_as_numbers_or_digits(given: object, per_second: int) -> None:
    assert by_unix(given, per_second=per_second) == NOON


@pytest.mark.parametrize("odd", [None, True, "", "ieri", -1, 0, 10**30, "9" * 5000, [], {}, 1.5])
def test_what_makes_no_sense_is_no_moment(odd: object) -> None:
    assert by_unix(odd) is None


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("Tue, 24 Nov 2026 13:00:00 +0100", NOON),
        ("Tue, 24 Nov 2026 12:00:00 -0000", NOON),
        ("Tue, 24 Nov 2026 13:00:00 +0100 (CET)", NOON),
        ("Thu, 1 Jan 1970 00:00:00 +0000", None),
        ("Tue, 99 Nov 2026 13:00:00 +0100", None),
        ("", None),
        ("domani", None),
    ],
)
def test_a_mails_date_if_it_is_one(given: str, moment: datetime | None) -> None:
    assert by_mail(given) == moment
