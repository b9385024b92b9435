"""What a rule finds, and which contexts around it say that nothing is happening now."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from handoff.safety.phrases import Phrase, Span, read_phrase
from handoff.safety.words import Atoms

Topic = Literal["emergenza", "crisi_psicologica"]
Contexts = dict[str, list[int]]

NEAR = 12  # words within which a context cancels; dictated stories have no full stops
NEAR_OF = {"figurato": 7, "iperbole": 7}  # a figure of speech stands beside its verb
BEFORE = 3  # words within which a negation precedes what it negates
NOT = ("non", "{non}", "nessun", "niente")  # what a phrase that denies by itself begins with
DENIAL = "negazione"
TOLD = "racconto"  # the one context that holds for the whole message
NAMED = "nominato"  # the degree of phrases that only name an illness or a deed


@dataclass(frozen=True)
class Label:
    topic: Topic
    rule: str
    cancelled_by: frozenset[str]
    needs_now: bool
    named: bool


def rule_phrases(content: dict[str, Any]) -> Iterator[Phrase]:
    for rule in content["regole"]:
        for degree, cancelled_by in content["gradi"].items():
            kinds = frozenset(cancelled_by)
            label = Label(
                rule["argomento"], rule["nome"], kinds, degree == "debole", degree == NAMED
            )
            denying = replace(label, cancelled_by=kinds - {DENIAL})
            for text in rule.get(degree, ()):
                # "non risponde e non respira": the first "non" denies nothing
                yield read_phrase(text, label=denying if text.startswith(NOT) else label)


def context_phrases(content: dict[str, Any]) -> Iterator[Phrase]:
    for kind, texts in content["contesti"].items():
        for text in texts:
            yield read_phrase(text, label=kind)


def loose_words(phrases: list[Phrase], content: dict[str, Any]) -> set[str]:
    """The words that stand in phrases by themselves; a group nobody defined is an error."""
    parts = {part for phrase in phrases for part in phrase.parts}
    groups = {part for part in parts if part.startswith("{")}
    if unknown := groups - {"{" + name + "}" for name in content["gruppi"]}:
        raise ValueError(f"safety.yml: no such group: {', '.join(sorted(unknown))}")
    return parts - groups


def around(span: Span, contexts: Contexts, commas: list[int], *, told: bool) -> set[str]:
    """The contexts that bear on a phrase: near it, or told by the whole message."""
    kinds = {TOLD} if told else set()
    for kind, where in contexts.items():
        if kind == DENIAL:
            since = max([span.first - BEFORE, *_up_to(commas, span.first)[-1:]])
            until = span.first - 1
        else:
            near = NEAR_OF.get(kind, NEAR)
            since, until = span.first - near, span.last + near
        at = bisect_left(where, since)
        if at < len(where) and where[at] <= until:
            kinds.add(kind)
    return kinds


def _up_to(places: list[int], last: int) -> list[int]:
    at = bisect_right(places, last)
    return places[max(0, at - 1) : at]


def stands(label: Label, kinds: set[str], yielding: Atoms, *, short: bool) -> bool:
    now = "adesso" in kinds
    cancelled = kinds & label.cancelled_by
    if cancelled - yielding if now else cancelled:
        return False
    return now or short or not label.needs_now
