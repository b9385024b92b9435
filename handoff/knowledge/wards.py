"""Wards and clinics, found by misspelt or lay names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from handoff.knowledge.finding import Names, at_named_site
from handoff.knowledge.rows import BadDirectory, Row, rows_of

NEEDED = ("name", "site")


@dataclass(frozen=True, slots=True)
class Ward:
    id: str
    name: str
    site: str
    site_name: str
    phone: str
    email: str
    floor: str
    hours: str
    visits: str  # when relatives may come; "" where nobody stays or it is not known
    sample: bool


@dataclass(frozen=True, slots=True)
class Wards:
    wards: Mapping[str, Ward]
    names: Names

    @classmethod
    def load(cls, folder: Path, sites: Mapping[str, str]) -> Self:
        """Read `wards.yml` in `folder`; `sites` are names by id."""
        rows = rows_of(folder / "wards.yml", needed=NEEDED)
        pairs = [
            (name, row["id"]) for row in rows for name in (row["name"], *row.get("names", ()))
        ]
        return cls({row["id"]: _ward(row, sites) for row in rows}, Names.of(pairs))

    def ward(self, ward_id: str) -> Ward | None:
        return self.wards.get(ward_id)

    def find(self, text: str) -> tuple[list[Ward], bool]:
        """The wards that a text may mean, best first; True when only one may be meant."""
        meant = self.names.find(text)
        found = [self.wards[each] for each in meant.named or meant.ids]
        likely = at_named_site(found, text)
        return likely, len(likely) == 1


def _ward(row: Row, sites: Mapping[str, str]) -> Ward:
    if row["site"] not in sites:
        raise BadDirectory(f"wards.yml: {row['id']}: sites.yml does not know {row['site']}")
    return Ward(
        id=row["id"],
        name=row["name"],
        site=row["site"],
        site_name=sites[row["site"]],
        phone=str(row.get("phone", "")),
        email=str(row.get("email", "")),
        floor=str(row.get("floor", "")),
        hours=str(row.get("hours", "")),
        visits=str(row.get("visits", "")),
        sample=bool(row.get("sample", False)),
    )
