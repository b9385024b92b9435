"""From a key and its values to text and buttons; nothing here writes a sentence of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from handoff.channel import Button
from handoff.knowledge.files import read

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
PERSON = Button(title="Parla con una persona", payload="parla_con_operatore")
SAMPLE = "dato_dimostrativo"
MAX_BUTTONS = 5


class UnknownWords(LookupError):
    """Nobody approved words for this key: a person has to answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The approved words of one topic, or of one sentence that is not a topic."""

    topic: str
    title: str
    texts: Mapping[str, str]  # variant → text; "" is the answer itself
    follow_ups: tuple[str, ...] = ()
    kind: str = "sentence"
    risk: str = "L"
    sample: bool = False
    ticket: Mapping[str, str] | None = None
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    text: str
    topic: str
    revision: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    entries: Mapping[str, Entry] = field(default_factory=dict)

    @classmethod
    def load(cls, data: Path) -> Self:
        """Read `knowledge/*.yml` and `conversation/frasi.yml` below `data`."""
        entries: dict[str, Entry] = {}
        for topic, raw in _read(data):
            if topic in entries:
                raise ValueError(f"{topic} is described twice below {data}")
            entries[topic] = _entry(topic, raw)
        return cls(entries)

    def wording(self, key: str, values: Mapping[str, Any] | None = None) -> Wording:
        """The words for `topic` or `topic.variant`; unknown keys raise UnknownWords."""
        topic, _, variant = key.partition(".")
        entry = self.entries.get(topic)
        if entry is None or variant not in entry.texts:
            raise UnknownWords(key)
        values = values or {}
        return Wording(
            text=_fill(entry.texts[variant], values) + self._caveat(entry, variant),
            topic=topic,
            revision=entry.revision,
            buttons=self._buttons(entry, variant, values),
        )

    def _caveat(self, entry: Entry, variant: str) -> str:
        """An answer that is not known for certain says so; look-ups do in their own words."""
        if variant or not entry.sample or entry.kind != "answer":
            return ""
        return "\n" + self.entries[SAMPLE].texts[""]

    def title(self, topic: str) -> str:
        entry = self.entries.get(topic)
        return entry.title if entry else topic

    def _buttons(
        self, entry: Entry, variant: str, values: Mapping[str, Any]
    ) -> tuple[Button, ...]:
        if choices := values.get("choices"):
            return (*self._topics(choices), PERSON)
        if given := values.get("buttons"):
            return tuple(Button(title=str(b["title"]), payload=str(b["payload"])) for b in given)
        return () if variant else self._topics(entry.follow_ups)

    def _topics(self, topics: Sequence[str]) -> tuple[Button, ...]:
        return tuple(
            Button(title=self.title(topic), payload=topic) for topic in topics[:MAX_BUTTONS]
        )


def _read(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((data / "knowledge").glob("*.yml")):
        yield from (read(path) or {}).items()
    sentences = data / "conversation" / "frasi.yml"
    yield from read(sentences).items()


def _entry(topic: str, raw: dict[str, Any]) -> Entry:
    texts = {"": str(raw.get("answer") or raw.get("text")), **(raw.get("variants") or {})}
    return Entry(
        topic=topic,
        title=raw.get("title", topic),
        texts=texts,
        follow_ups=tuple(raw.get("next") or raw.get("buttons") or ()),
        kind=raw.get("kind", "sentence"),
        risk=raw.get("risk", "L"),
        sample=bool(raw.get("sample", False)),
        ticket=raw.get("ticket"),
        revision=sha256(repr(sorted(texts.items())).encode()).hexdigest()[:12],
    )


def _fill(text: str, values: Mapping[str, Any]) -> str:
    """Put values in place in one pass; a value that looks like a placeholder stays as it is."""

    def value(match: re.Match[str]) -> str:
        return str(values[match[1]]) if match[1] in values else match[0]

    return PLACEHOLDER.sub(value, text).strip()
