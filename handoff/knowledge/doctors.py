"""Doctors by name; citizens reach them through their ward."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from handoff.knowledge.finding import Names
from handoff.knowledge.rows import BadDirectory, Row, rows_of
from handoff.knowledge.wards import Ward, Wards


@dataclass(frozen=True, slots=True)
class Doctor:
    id: str
    name: str  # with the title
    ward: Ward
    sites: tuple[str, ...]  # names of hospitals; () for the ward's own
    sample: bool

    def as_json(self) -> dict[str, Any]:
        """With the ward's record; the hospitals are the doctor's own."""
        return {
            "id": self.id,
            "name": self.name,
            "sites": list(self.sites) or [self.ward.site_name],
            "sample": self.sample or self.ward.sample,
            "ward": asdict(self.ward),
        }


@dataclass(frozen=True, slots=True)
class Doctors:
    doctors: Mapping[str, Doctor]
    names: Names
    wards: Wards

    @classmethod
    def load(cls, folder: Path, *, wards: Wards, sites: Mapping[str, str]) -> Self:
        """Read `doctors.yml` in `folder`; `sites` are names by id."""
        rows = rows_of(folder / "doctors.yml", needed=("name", "title", "ward"))
        doctors = {row["id"]: _doctor(row, wards, sites) for row in rows}
        return cls(doctors, Names.of(_names(rows)), wards)

    def doctor(self, doctor_id: str) -> Doctor | None:
        return self.doctors.get(doctor_id)

    def find(self, text: str) -> tuple[list[Doctor], bool]:
        """The doctors that a text may name; of namesakes those of a ward that it names too."""
        meant = self.names.find(text)
        found = [self.doctors[each] for each in meant.ids]
        if len(found) <= 1:  # nothing to choose between
            return found, meant.sure
        wards, _ = self.wards.find(text)
        there = [doctor for doctor in found if doctor.ward in wards]
        return (there or found), len(there) == 1


def _names(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Surname, and both names in either order; a first name alone is nobody."""
    for row in rows:
        first, _, surname = row["name"].partition(" ")
        for name in (surname or first, row["name"], f"{surname} {first}"):
            yield name, row["id"]


def _doctor(row: Row, wards: Wards, sites: Mapping[str, str]) -> Doctor:
    ward = wards.ward(row["ward"])
    if ward is None:
        raise BadDirectory(f"doctors.yml: {row['id']}: wards.yml does not know {row['ward']}")
    if unknown := [site for site in row.get("sites", ()) if site not in sites]:
        raise BadDirectory(f"doctors.yml: {row['id']}: sites.yml does not know {unknown[0]}")
    return Doctor(
        id=row["id"],
        name=f"{row['title']} {row['name']}",
        ward=ward,
        sites=tuple(sites[site] for site in row.get("sites", ())),
        sample=bool(row.get("sample", False)),
    )
