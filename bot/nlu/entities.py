"""Finds what a message names: ward, exam, site, doctor, day, request; misspelt too."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from simplemma import is_known

from bot.nlu.component import LearningComponent
from bot.snapshot import snapshot_folder
from italian.lemmas import lemmas
from italian.normalise import normalise
from italian.tokens import words

FOUND = "found"
FILE = "names.json"
# "cardilogia" is 95 near cardiologia; "radiologia" must not be found there (82)
ALIKE, SHORTEST_SLIP = 88, 6
DOCTOR = re.compile(
    r"\b(?:dott(?:\.?ss)?a?\.?|dottor(?:e|essa)?|prof(?:\.?ssa)?\.?|professor(?:e|essa)?)\s+"
    r"([A-ZÀ-Ù][\w'’]+(?:\s+[A-ZÀ-Ù][\w'’]+)?)"
)
REQUEST = re.compile(r"\bURP[ -]?\d{2}[ -]?[0-9A-Z]{4}\b", re.IGNORECASE)
MONTH = (
    "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre"
)
DAY = re.compile(
    rf"\b(?:dopodomani|domani|oggi|ieri|(?:lune|marte|mercole|giove|vener)d[iì]|sabato|domenica"
    rf"|\d{{1,2}}[/-]\d{{1,2}}(?:[/-]\d{{2,4}})?|\d{{1,2}}\.\d{{1,2}}\.\d{{2,4}}"
    rf"|(?:primo|\d{{1,2}}) (?:{MONTH})(?: \d{{4}})?)\b"
)
SITES = {
    "policlinico": ("policlinico", "duilio casula", "monserrato"),
    "san_giovanni": ("san giovanni",),
}
Entity = dict[str, Any]
Name = tuple[str, ...]  # lemmas


@dataclass(frozen=True)
class Names:
    """Names to kinds and ids of records ("colonscopia" is an exam and a clinic's)."""

    known: Mapping[Name, list[tuple[str, str]]]

    @classmethod
    def read(cls, directory: Path) -> "Names":
        """Of the records below a snapshot's `directory/`."""
        known: dict[Name, list[tuple[str, str]]] = {}
        for kind, file in (("reparto", "wards.yml"), ("esame", "exams.yml")):
            path = directory / file
            rows = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else []
            for row in rows:
                for name in (row["name"], *row.get("names", ())):
                    known.setdefault(_lemmas(str(name)), []).append((kind, row["id"]))
        for site, names in SITES.items():
            known |= {_lemmas(name): [("sede", site)] for name in names}
        return cls(known)

    def find(self, text: str) -> Iterator[Entity]:
        """The longest names first; a word of no dictionary may be a misspelt name."""
        text_words = words(normalise(text))
        found, start = lemmas(text_words), 0
        while start < len(found):
            sizes = range(min(self._longest, len(found) - start), 0, -1)
            size = next((n for n in sizes if tuple(found[start : start + n]) in self.known), 0)
            if size:
                name = tuple(found[start : start + size])
            else:
                name, size = self._misspelt(text_words[start]), 1
            said = " ".join(text_words[start : start + size])
            for kind, record in self.known.get(name or (), ()):
                yield {"entity": kind, "value": record, "text": said}
            start += max(size, 1)

    def _misspelt(self, word: str) -> Name | None:
        if len(word) < SHORTEST_SLIP or is_known(word, lang="it"):
            return None
        near = process.extractOne(word, self._single, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return (near[0],) if near else None

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.known), default=0)

    @cached_property
    def _single(self) -> list[str]:
        return [name[0] for name in self.known if len(name) == 1]


def find(text: str, names: Names) -> list[Entity]:
    """Each thing once, in the order of its kind."""
    entities = [
        *names.find(text),
        *({"entity": "medico", "value": m[1], "text": m[0]} for m in DOCTOR.finditer(text)),
        *(
            {"entity": kind, "value": m[0], "text": m[0]}
            for kind, pattern, said in (("data", DAY, text.lower()), ("pratica", REQUEST, text))
            for m in pattern.finditer(said)
        ),
    ]
    return list({(each["entity"], each["value"]): each for each in entities}.values())


def _lemmas(name: str) -> Name:
    return tuple(lemmas(words(normalise(name))))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityComponent(LearningComponent):
    """Carries the directory's names in the model; adds what it finds to what is understood."""

    names: Names

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        self.names = Names.read(snapshot_folder() / "directory")
        content = [[name, meant] for name, meant in self.names.known.items()]
        (folder / FILE).write_text(json.dumps(content), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        self.names = Names(
            {tuple(name): [(kind, record) for kind, record in meant] for name, meant in content}
        )

    def understand(self, message: Message) -> None:
        message.set(FOUND, find(message.get(TEXT) or "", self.names), add_to_output=True)
