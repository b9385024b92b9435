"""Which database the settings name."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from handoff.backup.postgresql import Postgresql
from handoff.backup.sqlite import Sqlite
from handoff.settings import Settings


class Store(Protocol):
    member: str  # of the archive

    @property
    def kind(self) -> Literal["sqlite", "postgresql"]: ...

    @property
    def workplace(self) -> Path:
        """Where copies are unpacked."""

    def is_there(self) -> bool: ...

    def copy(self, target: Path) -> dict[str, int]: ...

    def scratch(self, copied: Path) -> AbstractContextManager[str]: ...

    def require_unused(self) -> None: ...

    def swap(self, scratch_url: str, *, stamp: str) -> str | None: ...


def store_of(settings: Settings) -> Store:
    if settings.database_url.startswith("sqlite"):
        return Sqlite(settings.database_url)
    return Postgresql(settings.database_url, workplace=settings.var)
