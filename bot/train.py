"""`python -m bot.train`: a model of bot/ and the knowledge, unless there is one already."""

import os
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import logs
from bot.models import digest_of, find_made_of, forget_old, name_now
from bot.server import QUIET
from bot.settings import models_folder
from bot.snapshot import BadKnowledge, snapshot_folder

ROOT = Path(__file__).resolve().parent.parent
CODE = (
    "bot/config.yml",
    "bot/importer.py",
    "bot/snapshot.py",
    "bot/phrases.py",
    "bot/form_rules.py",
    "bot/nlu",
    "bot/domain",
    "italian",
    "data/conversation/moduli.yml",
)
KNOWLEDGE = ("knowledge", "phrases", "directory", "conversation/rules.yml", "italian")


class Untrainable(RuntimeError):
    pass


def main() -> None:
    logs.prepare()
    os.environ.update(QUIET)
    try:
        refresh(models_folder())
    except (BadKnowledge, Untrainable) as error:
        sys.exit(f"The bot cannot be trained: {error}")


def refresh(folder: Path) -> Path:
    """A model of the present ingredients, which is the newest in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = ingredients()
    if known := find_made_of(folder, digest):
        say(f"Nothing has changed since {known.name} was trained.")
        return known.rename(folder / name_now(digest))  # the newest is the one that serves
    model = train(folder, name_now(digest))
    for old in forget_old(folder):
        say(f"Removed the old model {old.name}.")
    return model


def train(folder: Path, name: str) -> Path:
    say("Loading Rasa …")
    began = time.monotonic()
    with TemporaryDirectory(dir=folder, prefix=".training-") as work:
        # Its cache would give back parts that were trained by other code of ours
        os.environ |= {"RASA_CACHE_DIRECTORY": work, "RASA_MAX_CACHE_SIZE": "0"}
        trained = _train(Path(work), name)
        model = trained.rename(folder / name)
    say(f"Trained {name} in {time.monotonic() - began:.0f} seconds.")
    return model


def _train(work: Path, name: str) -> Path:
    # Rasa takes seconds to import, and mostly nothing has changed
    from rasa.model_training import train as rasa_train  # noqa: PLC0415

    say("Training on the phrases and rules …")
    bot = ROOT / "bot"
    result = rasa_train(
        domain=str(bot / "domain"),
        config=str(bot / "config.yml"),
        training_files=[],
        output=str(work),
        fixed_model_name=name,
        force_training=True,
    )
    if result.code or not result.model:
        raise Untrainable(f"Rasa ended with code {result.code}")
    return Path(result.model)


def ingredients() -> str:
    snapshot = snapshot_folder()
    code = digest_of(_files(ROOT, CODE), root=ROOT, extra=version("rasa"))
    return digest_of(_files(snapshot, KNOWLEDGE), root=snapshot, extra=code)


def _files(root: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        place = root / name
        found = place.rglob("*") if place.is_dir() else [place]
        yield from (f for f in found if f.is_file() and f.suffix in {".py", ".yml", ".tsv"})


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
