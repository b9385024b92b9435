"""Exams with how to prepare for them, found by misspelt or lay names."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from handoff.knowledge.finding import Names
from handoff.knowledge.rows import BadDirectory, Row, rows_of


@dataclass(frozen=True, slots=True)
class Exam:
    id: str
    name: str
    preparation: str
    wards: tuple[tuple[str, str], ...]  # (id, name): who knows more
    sample: bool

    def as_json(self) -> dict[str, Any]:
        wards = [{"id": ward, "name": name} for ward, name in self.wards]
        return asdict(self) | {"wards": wards}


@dataclass(frozen=True, slots=True)
class Exams:
    exams: Mapping[str, Exam]
    names: Names

    @classmethod
    def load(cls, folder: Path, wards: Mapping[str, str]) -> Self:
        """Read `exams.yml` in `folder`; `wards` are names by id."""
        rows = rows_of(folder / "exams.yml", needed=("name", "preparation", "source"))
        pairs = [
            (name, row["id"]) for row in rows for name in (row["name"], *row.get("names", ()))
        ]
        return cls({row["id"]: _exam(row, wards) for row in rows}, Names.of(pairs))

    def exam(self, exam_id: str) -> Exam | None:
        return self.exams.get(exam_id)

    def find(self, text: str) -> tuple[list[Exam], bool]:
        """The exams that a text may mean; True when it surely means the only one."""
        meant = self.names.find(text)
        return [self.exams[each] for each in meant.ids], meant.sure


def _exam(row: Row, wards: Mapping[str, str]) -> Exam:
    if unknown := [ward for ward in row.get("wards", ()) if ward not in wards]:
        raise BadDirectory(f"exams.yml: {row['id']}: wards.yml does not know {unknown[0]}")
    return Exam(
        id=row["id"],
        name=row["name"],
        preparation=row["preparation"],
        wards=tuple((ward, wards[ward]) for ward in row.get("wards", ())),
        sample=bool(row.get("sample", False)),
    )
