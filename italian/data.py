"""Reads the word lists that trainers edit, from a data folder or the one of this repository."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

PACKAGED = Path(__file__).resolve().parent.parent / "data"


@cache
def word_list(name: str, *, data: Path = PACKAGED) -> dict[str, Any]:
    path = data / "italian" / name
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    if not isinstance(content, dict):
        raise ValueError(f"{path}: expected keys and values")
    return content
