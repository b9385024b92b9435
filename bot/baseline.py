"""`make eval BASELINE=diet`: our model and stock Rasa's on the same few phrases, then compared."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import yaml

from bot import logs
from bot.nlu.linear import LinearModel
from bot.phrases import Phrase, read_phrases
from bot.server import QUIET
from bot.snapshot import snapshot_folder

PER_TOPIC = 40  # phrases; with all of them DIET takes over an hour
# What Rasa 3.6 chooses by itself for a project made by `rasa init`, without what reads no intent
STOCK = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
]
SETTINGS = {"recipe": "default.v1", "language": "it", "assistant_id": "stock"}
Asked = list[tuple[frozenset[str], str]]  # labels of which any is right, message


def main(arguments: list[str]) -> None:
    logs.prepare()
    os.environ.update(QUIET)
    phrases, asked = list(sample(read_phrases(snapshot_folder()))), read(Path(arguments[0]))
    ours, our_seconds = timed(lambda: ask_ours(phrases, asked))
    stock, stock_seconds = timed(lambda: ask_stock(phrases, asked))
    result = {
        "phrases": len(phrases),
        "n": len(asked),
        "ours_right": share(ours, asked),
        "diet_right": share(stock, asked),
        "fewer_errors": fewer_errors(share(ours, asked), share(stock, asked)),
        "ours_seconds": our_seconds,
        "diet_seconds": stock_seconds,
    }
    sys.stdout.write(json.dumps(result) + "\n")


def sample(phrases: Iterator[Phrase]) -> Iterator[Phrase]:
    """The same phrases every time, whatever stands before them in the files."""
    topic = attrgetter("topic")
    for _, group in groupby(sorted(phrases, key=topic), key=topic):
        yield from sorted(group, key=lambda each: sha256(each.text.encode()).digest())[:PER_TOPIC]


def read(file: Path) -> Asked:
    """The messages that ask for one thing."""
    lines = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line)
    return [(frozenset(label.split("|")), text) for label, _, text in lines if "+" not in label]


def ask_ours(phrases: list[Phrase], asked: Asked) -> list[str]:
    model = LinearModel.train([each.text for each in phrases], [each.topic for each in phrases])
    return [model.read(text).ranking[0][0] for _, text in asked]


def ask_stock(phrases: list[Phrase], asked: Asked) -> list[str]:
    # Rasa reads its environment when it is imported
    from rasa.core.agent import Agent  # noqa: PLC0415
    from rasa.model_training import train_nlu  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        config, data = Path(folder, "config.yml"), Path(folder, "nlu.yml")
        config.write_text(yaml.safe_dump(SETTINGS | {"pipeline": STOCK}))
        data.write_text(yaml.safe_dump(training_data(phrases), allow_unicode=True), "utf-8")
        model = train_nlu(str(config), str(data), folder)
        agent = Agent.load(str(model))
        return [asyncio.run(agent.parse_message(text))["intent"]["name"] for _, text in asked]


def training_data(phrases: list[Phrase]) -> dict[str, object]:
    """In Rasa's own format, where brackets would mark entities."""
    plain = str.maketrans("[](){}\n", "       ")
    examples: dict[str, list[str]] = {}
    for each in phrases:
        examples.setdefault(each.topic, []).append(f"- {each.text.translate(plain)}\n")
    nlu = [{"intent": topic, "examples": "".join(lines)} for topic, lines in examples.items()]
    return {"version": "3.1", "nlu": nlu}


def share(found: list[str], asked: Asked) -> float:
    right = sum(topic in labels for topic, (labels, _) in zip(found, asked, strict=True))
    return round(right / len(asked), 4)


def fewer_errors(ours: float, stock: float) -> float | None:
    """The part of stock's errors that ours does not make; none where stock makes none."""
    return round(1 - (1 - ours) / (1 - stock), 4) if stock < 1 else None


def timed(work: Callable[[], list[str]]) -> tuple[list[str], int]:
    began = time.monotonic()
    return work(), round(time.monotonic() - began)


if __name__ == "__main__":
    main(sys.argv[1:])
