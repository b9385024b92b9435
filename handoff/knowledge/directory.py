"""Wards and clinics, found by misspelt or lay names."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from rapidfuzz import fuzz, process

from handoff.knowledge.files import read

GOOD = 82  # of 100: "cardilogia" finds cardiologia at 95, "radiologia" must not find cardiologia
WORD = re.compile(r"[^\W_]+")
LEAD = 8  # what trails the best by as much is not meant


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
    sample: bool


@dataclass(frozen=True, slots=True)
class Hit:
    ward: Ward
    score: float

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self.ward), "score": round(self.score, 1)}


@dataclass(frozen=True, slots=True)
class Directory:
    wards: Mapping[str, Ward]
    names: Sequence[tuple[str, str]]  # (a plain name, ward id)

    @classmethod
    def load(cls, data: Path) -> Self:
        """Read `directory/wards.yml` and `directory/sites.yml` below `data`."""
        folder = data / "directory"
        sites = read(folder / "sites.yml")
        rows = read(folder / "wards.yml")
        wards = {row["id"]: _ward(row, _site_name(sites, row["site"])) for row in rows}
        names = [(plain(name), row["id"]) for row in rows for name in _names(row)]
        return cls(wards, names)

    def ward(self, ward_id: str) -> "Hit | None":
        found = self.wards.get(ward_id)
        return Hit(found, 100.0) if found else None

    def find(self, text: str, *, limit: int = 5) -> tuple[list[Hit], bool]:
        """The wards that a text may mean, best first; True when only one may be meant."""
        asked = plain(text)
        best = ranked(asked, self.names)
        hits = [Hit(self.wards[ward_id], score) for ward_id, score in best.items()]
        likely = _at_named_site(_near_the_best(hits), asked)
        return likely[:limit], len(likely) == 1


def ranked(asked: str, names: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Of (plain name, id) pairs the ids that fit a plain text, with the score of their best."""
    best: dict[str, float] = {}
    for _name, score, index in process.extract(
        asked, [name for name, _ in names], scorer=_score, limit=None, score_cutoff=GOOD
    ):
        found = names[index][1]
        best[found] = max(best.get(found, 0.0), score)
    return best


def _near_the_best(hits: Sequence[Hit]) -> list[Hit]:
    """What the best hit leaves far behind was not meant."""
    top = max((hit.score for hit in hits), default=0.0)
    return sorted((hit for hit in hits if top - hit.score < LEAD), key=lambda hit: -hit.score)


def _at_named_site(hits: Sequence[Hit], asked: str) -> list[Hit]:
    """Of clinics with one name in two hospitals, the one at the hospital that was named."""
    there = [hit for hit in hits if hit.ward.site.replace("_", " ") in asked]
    return there or list(hits)


def plain(text: str) -> str:
    """Lower-case words without accents."""
    decomposed = unicodedata.normalize("NFKD", " ".join(WORD.findall(text.lower())))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _score(asked: str, name: str, **_: Any) -> float:
    """How well the best run of words in `asked`, as long as `name`, fits `name` (0–100)."""
    said = asked.split()
    size = len(name.split())
    runs = [" ".join(said[i : i + size]) for i in range(max(1, len(said) - size + 1))]
    return max(fuzz.ratio(run, name) for run in runs)


def _names(row: dict[str, Any]) -> list[str]:
    return [row["name"], *(row.get("names") or [])]


def _site_name(sites: Any, site: str) -> str:
    if isinstance(sites, dict):
        return str(sites[site]["name"])
    return str(next(row["name"] for row in sites if row["id"] == site))


def _ward(row: dict[str, Any], site_name: str) -> Ward:
    return Ward(
        id=row["id"],
        name=row["name"],
        site=row["site"],
        site_name=site_name,
        phone=str(row.get("phone", "")),
        email=str(row.get("email", "")),
        floor=str(row.get("floor", "")),
        hours=str(row.get("hours", "")),
        sample=bool(row.get("sample", False)),
    )
