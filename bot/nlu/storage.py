"""Keeps a linear model in files that hold only text and numbers: nothing to unpickle."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu.certainty import Calibration
from bot.nlu.linear import LinearModel
from bot.nlu.neighbours import Neighbours
from bot.nlu.thresholds import found
from italian.listening import Space

WORDS, NUMBERS = "linear.json", "linear.npz"


def save(model: LinearModel, folder: Path) -> None:
    """Half precision: no decision hangs on the fourth digit, and the archive is half as large."""
    content = {
        "labels": model.labels,
        "calibration": asdict(model.calibration),
        # For the service, which listens with the same model whether the bot runs or not
        "alarm": {name: found("alarm")[name] for name in ("threshold", "doubt")},
        "vocabulary": {name: _in_order(space) for name, space in model.spaces.items()},
    }
    (folder / WORDS).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    postings = model.neighbours.postings
    numbers = {
        "bias": model.bias,
        "topics": model.neighbours.topics,
        "near_values": postings.data.astype(np.float16),
        "near_phrases": postings.indices,
        "near_features": postings.indptr,
        **{f"rarity_{name}": space.rarity for name, space in model.spaces.items()},
        **{f"weights_{name}": each.astype(np.float16) for name, each in model.weights.items()},
    }
    np.savez_compressed(folder / NUMBERS, **numbers)


def restore(folder: Path) -> LinearModel:
    content = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    vocabularies = content["vocabulary"]
    with np.load(folder / NUMBERS, allow_pickle=False) as numbers:
        return LinearModel(
            labels=content["labels"],
            spaces={
                name: Space(_places(words), numbers[f"rarity_{name}"])
                for name, words in vocabularies.items()
            },
            weights={name: numbers[f"weights_{name}"].astype(np.float32) for name in vocabularies},
            bias=numbers["bias"],
            neighbours=_neighbours(numbers),
            calibration=Calibration(**_tupled(content["calibration"])),
        )


def _neighbours(numbers: "np.lib.npyio.NpzFile") -> Neighbours:
    values, indptr = numbers["near_values"].astype(np.float32), numbers["near_features"]
    shape = (len(indptr) - 1, len(numbers["topics"]))
    return Neighbours(
        csr_matrix((values, numbers["near_phrases"], indptr), shape=shape), numbers["topics"]
    )


def _in_order(space: Space) -> list[str]:
    return sorted(space.vocabulary, key=space.vocabulary.__getitem__)


def _places(words: list[str]) -> dict[str, int]:
    return {word: place for place, word in enumerate(words)}


def _tupled(content: dict[str, object]) -> dict[str, object]:
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in content.items()
    }
