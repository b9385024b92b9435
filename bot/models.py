"""The folder of trained models: `<utc moment>-<hash of what it was made of>.tar.gz`."""

from collections.abc import Iterable
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

from bot.settings import BadSetting

ENDING = ".tar.gz"
KEPT = 3


def newest_model(folder: Path) -> Path:
    """By name, which begins with the moment of training: copies lose their dates."""
    models = _by_age(folder)
    if not models:
        raise BadSetting(f"there is no trained model in {folder}; train one with `make train`")
    return models[-1]


def find_made_of(folder: Path, digest: str) -> Path | None:
    return next(iter(folder.glob(f"*-{digest}{ENDING}")), None)


def name_now(digest: str) -> str:
    return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{digest}{ENDING}"


def digest_of(files: Iterable[Path], *, root: Path, extra: str) -> str:
    digest = sha256(extra.encode())
    for file in sorted(files):
        digest.update(f"\0{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def forget_old(folder: Path, *, kept: int = KEPT) -> list[Path]:
    old = _by_age(folder)[:-kept]
    for model in old:
        model.unlink()
    return old


def _by_age(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{ENDING}"), key=lambda model: model.name)
