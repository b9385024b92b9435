"""Texts that a provider approved for writing first, with numbered gaps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from handoff.knowledge.files import read

GAP = re.compile(r"\{(\d+)\}")


class BadTemplate(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class ApprovedText:
    name: str
    language: str
    text: str  # with {1}, {2} …
    sample: bool = False  # no provider has approved it yet

    @property
    def gaps(self) -> int:
        return len(set(GAP.findall(self.text)))

    def filled(self, values: Sequence[str]) -> str:
        """How the citizen reads it; ValueError unless there is a value for every gap."""
        if len(values) != self.gaps or not all(values):
            raise ValueError("a value for every gap")
        return GAP.sub(lambda gap: values[int(gap[1]) - 1], self.text)


@dataclass(frozen=True, slots=True)
class Templates:
    by_name: dict[str, ApprovedText] = field(default_factory=dict)

    @classmethod
    def load(cls, data: Path) -> Self:
        """Read `conversation/modelli.yml` below `data`; no file, no templates."""
        file = data / "conversation" / "modelli.yml"
        written = (read(file) if file.is_file() else None) or {}
        return cls({str(name): _template(str(name), entry) for name, entry in written.items()})


def _template(name: str, entry: object) -> ApprovedText:
    if not isinstance(entry, dict) or not entry.get("language") or not entry.get("text"):
        raise BadTemplate(f"modelli.yml: {name} needs `language` and `text`")
    made = ApprovedText(
        name, str(entry["language"]), str(entry["text"]).strip(), bool(entry.get("sample"))
    )
    if {int(gap) for gap in GAP.findall(made.text)} != set(range(1, made.gaps + 1)):
        raise BadTemplate(f"modelli.yml: {name}: the gaps are to be numbered from 1 on")
    return made
