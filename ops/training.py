"""Trains when what the model is made of has changed, and knows that without starting Rasa."""

from collections.abc import Iterator
from pathlib import Path

from ops import stamps
from ops.places import BOT_PYTHON, MODELS, ROOT
from ops.progress import call, quiet_environment

STAMP = MODELS / ".trained"
INGREDIENTS = ("bot", "data", "italian")
NOT_TRAINED_ON = ("evaluation", ".venv", "__pycache__", ".rasa")
REMEDY = "Read what Rasa says above: usually a topic or a phrase in data/ is not as the docs say."


def train(*, always: bool = False) -> None:
    wanted = stamps.digest(_ingredients())
    if not always and stamps.read(STAMP) == wanted and any(MODELS.glob("*.tar.gz")):
        return
    command = [BOT_PYTHON, "-m", "bot.train"]
    call("Training the bot", command, remedy=REMEDY, env=quiet_environment())
    stamps.write(STAMP, wanted)


def _ingredients() -> Iterator[Path]:
    for folder in INGREDIENTS:
        for file in (ROOT / folder).rglob("*"):
            inside = file.relative_to(ROOT).parts
            if file.is_file() and not any(part in NOT_TRAINED_ON for part in inside):
                yield file
