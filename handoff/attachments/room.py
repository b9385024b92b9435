"""Room on the disk: when it gets scarce, files wait so that messages can still be stored."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

SCARCE = "lo spazio su disco sta finendo (libero: {free:.0%}): i messaggi arrivano, i file no"
NOT_NOW = "Ora non possiamo ricevere file: ci scriva un messaggio, oppure lo mandi più tardi."


def plenty() -> float:
    return 1.0


@dataclass(frozen=True, slots=True)
class Room:
    """`free` tells which share of the disk, 0 to 1; below `low` no more files are taken."""

    free: Callable[[], float] = plenty
    low: float = 0.0

    @classmethod
    def beside(cls, database_url: str, otherwise: Path, *, low: float) -> "Room":
        """On the disk of an embedded database; another has its own watch: then `otherwise`."""
        url = make_url(database_url)
        is_file = url.get_backend_name() == "sqlite" and url.database
        folder = Path(str(url.database)).parent if is_file else otherwise
        return cls(lambda: _free(folder), low)

    @property
    def is_scarce(self) -> bool:
        return self.free() < self.low

    def trouble(self) -> str | None:
        """In Italian; None while there is enough."""
        free = self.free()
        return SCARCE.format(free=free) if free < self.low else None


def _free(folder: Path) -> float:
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    usage = shutil.disk_usage(there)
    return usage.free / usage.total
