"""A snapshot of the knowledge, read and checked: topics, phrases, answers and tickets."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.decision import DIALOGUE_INTENTS
from bot.phrases import BadPhrases, Phrase, read_phrases
from italian.normalise import normalise

PACKAGED = Path(__file__).resolve().parent.parent / "data"
TOPIC_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
KINDS = frozenset({"answer", "lookup", "form", "handoff", "command", "safety"})
RISKS = frozenset({"L", "M", "H"})
OF_FORMS = ("reclamo", "elogio", "suggerimento", "oggetti", "rimborso", "cartella")
TICKET_KINDS = frozenset({"persona", "dati", "emergenza", "crisi", *OF_FORMS})
LONGEST_TITLE = 24
FEWEST_PHRASES = 5


class BadKnowledge(ValueError):
    """A sentence that names the file and the key, for the person who has to mend it."""


@dataclass(frozen=True)
class Topic:
    id: str
    file: str
    title: str
    kind: str
    risk: str
    next: tuple[str, ...]
    ticket: dict[str, Any] | None
    phrases: tuple[Phrase, ...] = ()


def snapshot_folder() -> Path:
    return Path(os.environ.get("SPORTELLO_SNAPSHOT") or PACKAGED)


def read_topics(folder: Path) -> dict[str, Topic]:
    files = sorted((folder / "knowledge").glob("*.yml"))
    if not files:
        raise BadKnowledge(f"{folder}: there is no knowledge/*.yml in this snapshot")
    topics: dict[str, Topic] = {}
    for topic in (topic for file in files for topic in _read(file)):
        if topic.id in topics:
            raise _bad(topic, f"the same topic also stands in {topics[topic.id].file}")
        topics[topic.id] = topic
    topics = _with_phrases(topics, folder)
    _check_together(topics)
    return topics


def _with_phrases(topics: dict[str, Topic], folder: Path) -> dict[str, Topic]:
    said: dict[str, list[Phrase]] = {topic: [] for topic in topics}
    try:
        for phrase in read_phrases(folder):
            if phrase.topic not in said:
                raise BadKnowledge(f"{phrase.place}: there is no topic «{phrase.topic}»")
            said[phrase.topic].append(phrase)
    except BadPhrases as error:
        raise BadKnowledge(str(error)) from error
    for topic in topics.values():
        if len(said[topic.id]) < FEWEST_PHRASES:
            raise _bad(topic, f"fewer than {FEWEST_PHRASES} phrases in phrases/")
    return {key: replace(topic, phrases=tuple(said[key])) for key, topic in topics.items()}


def _read(file: Path) -> Iterator[Topic]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise BadKnowledge(f"{file.name}: not readable as YAML: {error}") from error
    if not isinstance(content, dict):
        raise BadKnowledge(f"{file.name}: expected topics with their ids as keys")
    for key, entry in content.items():
        yield _topic(file.name, str(key), entry)


def _topic(file: str, key: str, entry: Any) -> Topic:
    where = f"{file}: {key}"
    if not TOPIC_ID.fullmatch(key) or key in DIALOGUE_INTENTS:
        raise BadKnowledge(f"{where}: not a possible id of a topic")
    if not isinstance(entry, dict):
        raise BadKnowledge(f"{where}: expected title, kind, risk and answer")
    _check_entry(where, entry)
    return Topic(
        id=key,
        file=file,
        title=entry["title"],
        kind=entry["kind"],
        risk=entry["risk"],
        next=tuple(entry.get("next") or ()),
        ticket=_ticket(where, entry.get("ticket")),
    )


def _check_entry(where: str, entry: dict[str, Any]) -> None:
    for key in ("title", "answer"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise BadKnowledge(f"{where}: {key} is missing")
    for key, allowed in (("kind", KINDS), ("risk", RISKS)):
        if entry.get(key) not in allowed:
            raise BadKnowledge(f"{where}: {key} must be one of {', '.join(sorted(allowed))}")
    if len(entry["title"]) > LONGEST_TITLE:
        raise BadKnowledge(f"{where}: title is longer than {LONGEST_TITLE} characters")


def _ticket(where: str, ticket: Any) -> dict[str, Any] | None:
    if ticket is None:
        return None
    if not isinstance(ticket, dict) or ticket.get("kind") not in TICKET_KINDS:
        raise BadKnowledge(f"{where}: ticket: kind must be one of {sorted(TICKET_KINDS)}")
    if not isinstance(ticket.get("reason"), str):
        raise BadKnowledge(f"{where}: ticket: reason is missing")
    return {"kind": ticket["kind"], "reason": ticket["reason"]}


def _check_together(topics: dict[str, Topic]) -> None:
    said: dict[str, Phrase] = {}
    titles: dict[str, Topic] = {}
    for topic in topics.values():
        for unknown in (key for key in topic.next if key not in topics):
            raise _bad(topic, f"next: there is no topic «{unknown}»")
        other = titles.setdefault(topic.title, topic)
        if other is not topic:
            raise _bad(topic, f"title: {other.id} has the same")
        for phrase in topic.phrases:
            same = said.setdefault(normalise(phrase.text), phrase)
            if same is not phrase:
                raise BadKnowledge(f"{phrase.place}: the same phrase also stands in {same.place}")


def _bad(topic: Topic, sentence: str) -> BadKnowledge:
    return BadKnowledge(f"{topic.file}: {topic.id}: {sentence}")
