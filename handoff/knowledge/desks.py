"""The desks that citizens ask the hours of, found by misspelt or lay names."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from handoff.knowledge.files import read
from handoff.knowledge.finding import Names, at_named_site
from handoff.knowledge.holidays import BadCalendar, Closures, holiday
from handoff.knowledge.hours import Hours


@dataclass(frozen=True, slots=True)
class Desk:
    id: str
    name: str
    site: str  # "" for a telephone
    site_name: str
    names: tuple[str, ...]
    hours: Hours
    written: dict[str, str]
    sample: bool


@dataclass(frozen=True, slots=True)
class Desks:
    desks: tuple[Desk, ...]
    names: Names

    @classmethod
    def load(cls, data: Path) -> Self:
        """Read `directory/desks.yml`, `directory/sites.yml`, `calendar/closures.yml`."""
        folder = data / "directory"
        file = folder / "desks.yml"
        rows = (read(file) if file.is_file() else None) or []
        sites, closures = read(folder / "sites.yml"), Closures.load(data)
        desks = tuple(_desk(row, sites, closures) for row in rows)
        if len({desk.id for desk in desks}) < len(desks):
            raise BadCalendar("desks.yml: two desks share one id")
        holiday(datetime.now(UTC).date())  # a year's list takes 0.2 s: nobody shall wait for it
        names = Names.of((name, desk.id) for desk in desks for name in desk.names)
        return cls(desks, names)

    def find(self, text: str) -> list[Desk]:
        """The desks that the text may mean; those of a named hospital before the others."""
        meant = self.names.find(text)
        ids = meant.named or meant.ids
        return at_named_site([desk for desk in self.desks if desk.id in ids], text)

    def desk(self, desk_id: str) -> Desk | None:
        return next((desk for desk in self.desks if desk.id == desk_id), None)


def _desk(row: dict[str, Any], sites: Any, closures: Closures) -> Desk:
    for needed in ("id", "name", "hours"):
        if not row.get(needed):
            raise BadCalendar(f"desks.yml: {row.get('id') or row} has no `{needed}`")
    site = row.get("site", "")
    if site and site not in sites:
        raise BadCalendar(f"desks.yml: {row['id']} is at {site}, which sites.yml does not know")
    return Desk(
        id=row["id"],
        name=row["name"],
        site=site,
        site_name=sites[site]["name"] if site else "",
        names=(row["name"], *row.get("names", ())),
        hours=Hours.parse(
            row["id"], row["hours"], closures, on_holidays=row.get("holidays") == "open"
        ),
        written=dict(row["hours"]),
        sample=bool(row.get("sample", False)),
    )
