"""When a message was written, as its provider tells it."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

OLDEST = datetime(2015, 1, 1, tzinfo=UTC)


def by_unix(given: object, *, per_second: int = 1) -> datetime | None:
    """From a number or its digits; None where it makes no sense."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        return None
    try:
        return _sane(datetime.fromtimestamp(int(given) / per_second, UTC))
    except (OverflowError, OSError, ValueError):
        return None


def by_mail(given: str) -> datetime | None:
    """From a Date header, which only the writer's own machine vouches for."""
    try:
        found = parsedate_to_datetime(given)
    except (OverflowError, ValueError):
        return None
    return _sane(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))


def _sane(moment: datetime) -> datetime | None:
    return moment if moment >= OLDEST else None
