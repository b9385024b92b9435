"""When a desk is open: several intervals a day, holidays, closures, the clock of Rome."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from handoff.knowledge.holidays import BadCalendar, Closures, holiday

ROME = ZoneInfo("Europe/Rome")
DAYS = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?")
INTERVAL = re.compile(r"(\d{1,2})[:.](\d{2})-(\d{1,2})[:.](\d{2})")
MIDNIGHT, LAST_MINUTE = 24 * 60, 59
AHEAD = 21  # days in which the next opening is looked for
Minutes = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Status:
    """`until` is None while it never closes; `opens` is None when no opening is in sight."""

    open: bool
    until: datetime | None = None
    opens: datetime | None = None
    why: str | None = None  # it is closed all day: the holiday or the closure


@dataclass(frozen=True, slots=True)
class Hours:
    desk: str
    week: tuple[tuple[Minutes, ...], ...]  # Monday first; minutes since midnight on the wall
    on_holidays: bool
    closures: Closures

    @classmethod
    def parse(
        cls, desk: str, written: Mapping[str, str], closures: Closures, *, on_holidays: bool
    ) -> Self:
        """`{"lun-ven": "8:00-13:00, 14:30-17:00"}`; a day that is not named is closed."""
        week: list[tuple[Minutes, ...]] = [()] * len(DAYS)
        for span, intervals in written.items():
            for day in _span(desk, span):
                if week[day]:
                    raise BadCalendar(f"{desk}: {DAYS[day]} stands twice among its hours")
                week[day] = _intervals(desk, intervals)
        return cls(desk, tuple(week), on_holidays, closures)

    def why_closed(self, day: date) -> str | None:
        """Why it is closed on a day on which it would be open; None if nothing stands against."""
        return self.closures.reason(self.desk, day) or (None if self.on_holidays else holiday(day))

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The openings of a day, in UTC: on the wall a day has 23, 24 or 25 hours."""
        if self.why_closed(day):
            return []
        return [(_at(day, start), _at(day, end)) for start, end in self.week[day.weekday()]]

    def at(self, moment: datetime) -> Status:
        today = moment.astimezone(ROME).date()
        ahead = list(self._joined(today))
        for start, end in ahead:
            if start <= moment < end:
                return Status(open=True, until=None if self._endless(end, today) else end)
        opens = next((start for start, _ in ahead if start > moment), None)
        return Status(open=False, opens=opens, why=self.why_closed(today))

    def _joined(self, today: date) -> Iterator[tuple[datetime, datetime]]:
        """From yesterday on; what goes on past midnight is one opening."""
        current: tuple[datetime, datetime] | None = None
        for offset in range(-1, AHEAD + 1):
            for start, end in self.on(today + timedelta(days=offset)):
                if current and current[1] == start:
                    current = (current[0], end)
                    continue
                if current:
                    yield current
                current = (start, end)
        if current:
            yield current

    @staticmethod
    def _endless(end: datetime, today: date) -> bool:
        return end >= _at(today + timedelta(days=AHEAD), MIDNIGHT)


def _at(day: date, minutes: int) -> datetime:
    days, rest = divmod(minutes, MIDNIGHT)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), tzinfo=ROME)
    # Two moments of one zone are compared by what the wall says, in UTC by which comes first
    return wall.astimezone(UTC)


def _span(desk: str, written: str) -> range:
    match = SPAN.fullmatch(written.strip())
    names = [name for name in match.groups() if name] if match else []
    if not names or any(name not in DAYS for name in names):
        raise BadCalendar(f"{desk}: «{written}» is no day: write lun, or lun-ven")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    if last < first:
        raise BadCalendar(f"{desk}: «{written}» runs backwards")
    return range(first, last + 1)


def _intervals(desk: str, written: str) -> tuple[Minutes, ...]:
    found = [_interval(desk, part.strip()) for part in written.split(",")]
    for (_, end), (start, _) in zip(found, found[1:], strict=False):
        if start < end:
            raise BadCalendar(f"{desk}: in «{written}» an interval begins before the last ends")
    return tuple(found)


def _interval(desk: str, written: str) -> Minutes:
    match = INTERVAL.fullmatch(written)
    if not match:
        raise BadCalendar(f"{desk}: «{written}» is no interval: write 8:00-13:00")
    hour, minute, end_hour, end_minute = map(int, match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if max(minute, end_minute) > LAST_MINUTE or not start < end <= MIDNIGHT:
        raise BadCalendar(f"{desk}: «{written}» is no span within one day")
    return start, end
