"""The hospital's directory: its wards, exams, doctors, and who answers when none is found."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from handoff.knowledge.doctors import Doctors
from handoff.knowledge.exams import Exams
from handoff.knowledge.files import read
from handoff.knowledge.wards import Wards


@dataclass(frozen=True, slots=True)
class Switchboard:
    site_name: str
    phone: str
    sample: bool


@dataclass(frozen=True, slots=True)
class Directory:
    wards: Wards
    exams: Exams
    doctors: Doctors
    switchboards: tuple[Switchboard, ...]

    @classmethod
    def load(cls, data: Path) -> Self:
        """Read wards, exams, doctors and sites in `directory/` below `data`."""
        folder = data / "directory"
        rows: dict[str, dict[str, Any]] = read(folder / "sites.yml")
        sites = {site: str(row["name"]) for site, row in rows.items()}
        wards = Wards.load(folder, sites)
        names = {ward.id: ward.name for ward in wards.wards.values()}
        return cls(
            wards=wards,
            exams=Exams.load(folder, names),
            doctors=Doctors.load(folder, wards=wards, sites=sites),
            switchboards=tuple(map(_switchboard, rows.values())),
        )


def _switchboard(row: Mapping[str, Any]) -> Switchboard:
    return Switchboard(
        site_name=str(row["name"]),
        phone=str(row["switchboard"]),
        sample=bool(row.get("sample", False)),
    )
