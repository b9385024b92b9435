"""Trains when what the model is made of has changed, and knows that without starting Rasa."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ops import settings, stamps
from ops.places import BOT_PYTHON, MODELS, ROOT
from ops.progress import call

NOT_TRAINED_ON = {"evaluation", ".venv", "__pycache__", ".rasa"}
REMEDY = "Read what Rasa says above: usually a topic or a phrase in data/ is not as the docs say."


def train(*, always: bool = False, prepare: Callable[[], Path] | None = None) -> None:
    """`prepare` writes the live words and phrases, to train from these instead of the files."""
    env = settings.environment()
    if not sys.stderr.isatty():
        env["LOG_LEVEL"] = "WARNING"  # in a log, bars are thousands of characters
    models = Path(env.get("SPORTELLO_MODELS") or MODELS)
    stamp = models / ".trained"
    wanted = stamps.digest(ingredients(env))
    if not always and stamps.read(stamp) == wanted and any(models.glob("*.tar.gz")):
        return
    if prepare is not None and not env.get("SPORTELLO_SNAPSHOT"):
        env["SPORTELLO_SNAPSHOT"] = str(prepare())
    call("Training the bot", [BOT_PYTHON, "-m", "bot.train"], remedy=REMEDY, env=env)
    stamps.write(stamp, wanted)


def ingredients(env: Mapping[str, str]) -> Iterator[Path]:
    snapshot = Path(env.get("SPORTELLO_SNAPSHOT") or ROOT / "data")
    for folder in (snapshot, ROOT / "bot", ROOT / "italian"):
        for file in folder.rglob("*"):
            inside = file.relative_to(folder).parts
            if file.is_file() and NOT_TRAINED_ON.isdisjoint(inside):
                yield file
