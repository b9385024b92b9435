"""Reads what editors write."""

from pathlib import Path
from typing import Any

import yaml


def read(path: Path) -> Any:
    """What the YAML file holds; the loader in C is fourteen times as fast."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
