"""The forms that a citizen fills with the assistant, read from data/: for both worlds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from italian.data import PACKAGED

FILE = "moduli.yml"
KINDS = frozenset({"text", "place", "day", "period", "contact", "choice"})
FREE = frozenset({"text", "place"})  # any words may be the answer
CONFIRMATION = "conferma"
CORRECT = "correggi"
START = "compila"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_TITLE = 24
FORM_KEYS = frozenset({"ticket", "start", "fields"})
FIELD_KEYS = frozenset({"kind", "title", "told", "said", "buttons"})
BUTTON_KEYS = frozenset({"title", "value", "words"})


class BadForm(ValueError):
    """A sentence that names the file and the entry, for the person who has to mend it."""


@dataclass(frozen=True)
class Choice:
    title: str
    value: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    title: str
    told: bool = False
    said: tuple[str, ...] = ()
    buttons: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def is_free(self) -> bool:
        return self.kind in FREE


@dataclass(frozen=True)
class Form:
    """Its name is its topic's; `start` titles the button that begins it, if it has one."""

    topic: str
    ticket: str
    start: str | None
    fields: Mapping[str, Field]

    @property
    def loop(self) -> str:
        return f"{self.topic}_form"

    @property
    def begin(self) -> str:
        """The dialogue's intent that begins it."""
        return f"{START}_{self.topic}" if self.start else self.topic

    @property
    def questions(self) -> tuple[str, ...]:
        return (*self.fields, CONFIRMATION)

    def slot(self, question: str) -> str:
        return f"{self.topic}_{question}"

    def question(self, slot: str | None) -> str | None:
        asked = (slot or "").removeprefix(f"{self.topic}_")
        return asked if asked in self.questions and slot == self.slot(asked) else None

    def button(self, name: str) -> str:
        return f"{self.topic}:{name}"


@cache
def read_forms(data: Path = PACKAGED) -> Mapping[str, Form]:
    """Every form by its topic; BadForm names what is not in order."""
    path = data / "conversation" / FILE
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise BadForm(f"{FILE}: not readable as YAML: {error}") from error
    return {topic: _form(topic, raw) for topic, raw in _entries(FILE, content)}


def _form(topic: str, raw: Any) -> Form:
    where = f"{FILE}: {topic}"
    _check_keys(where, raw, FORM_KEYS)
    fields = {
        name: _field(f"{where}: {name}", name, content)
        for name, content in _entries(f"{where}: fields", raw.get("fields"))
    }
    _check_names(where, fields)
    ticket = raw.get("ticket")
    if not isinstance(ticket, str) or not NAME.fullmatch(ticket):
        raise BadForm(f"{where}: ticket is missing")
    start = _title(f"{where}: start", raw["start"]) if "start" in raw else None
    return Form(topic, ticket, start, fields)


def _field(where: str, name: str, raw: Any) -> Field:
    _check_keys(where, raw, FIELD_KEYS)
    if raw.get("kind") not in KINDS:
        raise BadForm(f"{where}: kind must be one of {', '.join(sorted(KINDS))}")
    buttons = {
        key: _choice(f"{where}: {key}", content)
        for key, content in _entries(f"{where}: buttons", raw.get("buttons", {}))
    }
    if raw["kind"] == "choice" and not buttons:
        raise BadForm(f"{where}: a choice needs buttons")
    told, said = raw.get("told", False), _words(f"{where}: said", raw.get("said", []))
    return Field(name, raw["kind"], _title(where, raw.get("title")), told is True, said, buttons)


def _choice(where: str, raw: Any) -> Choice:
    _check_keys(where, raw, BUTTON_KEYS)
    value = raw.get("value")
    if not isinstance(value, str) or not value.strip():
        raise BadForm(f"{where}: value is missing")
    words = _words(f"{where}: words", raw.get("words", []))
    return Choice(_title(where, raw.get("title")), value, words)


def _entries(where: str, raw: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(raw, dict):
        raise BadForm(f"{where}: expected names with what belongs to them")
    for name, content in raw.items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise BadForm(f"{where}: {name}: not a possible name")
        yield name, content


def _check_keys(where: str, raw: Any, allowed: frozenset[str]) -> None:
    if not isinstance(raw, dict):
        raise BadForm(f"{where}: expected {', '.join(sorted(allowed))}")
    if unknown := [str(key) for key in raw if key not in allowed]:
        raise BadForm(f"{where}: {unknown[0]} means nothing here")


def _check_names(where: str, fields: Mapping[str, Field]) -> None:
    """A button sends its name: a field, an answer and a command must be told apart."""
    if not fields:
        raise BadForm(f"{where}: fields are missing")
    taken = {CONFIRMATION, CORRECT, START}
    answers = [name for each in fields.values() for name in each.buttons]
    for name in (*fields, *answers):
        if name in taken:
            raise BadForm(f"{where}: {name} stands for two things")
        taken.add(name)


def _title(where: str, raw: Any) -> str:
    if not isinstance(raw, str) or not 0 < len(raw.strip()) <= LONGEST_TITLE:
        raise BadForm(f"{where}: title needs 1 to {LONGEST_TITLE} characters")
    return raw


def _words(where: str, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(word, str) and word for word in raw):
        raise BadForm(f"{where}: expected a list of words")
    return tuple(raw)
