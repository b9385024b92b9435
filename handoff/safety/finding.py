"""Finds an emergency or an acute crisis in a citizen's text by the clinicians' word lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from handoff.safety.ear import Ear
from handoff.safety.phrases import COMMA, STOP, Index, Sentence, Span
from handoff.safety.rules import (
    DENIAL,
    TOLD,
    Contexts,
    Label,
    Topic,
    around,
    context_phrases,
    loose_words,
    rule_phrases,
    stands,
)
from handoff.safety.words import Atoms, Vocabulary
from italian.data import word_list
from italian.normalise import normalise

EAR = "orecchio"  # the rule's name when no rule found it
FEW = 4  # words of a message short enough to need no "now"
LONGEST_HEARD = 20_000  # characters; the ear takes half a second for them, the rules read on
LONGEST = 80  # letters of a token that are read

INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
# A single full stop ends a sentence, dots in a row are only breath
STOPS = re.compile(r"[!?;:؟]|(?<!\.)\.(?!\.)")
TOKEN = re.compile(rf"[^\W_]{{1,{LONGEST}}}|[,\n]")


@dataclass(frozen=True)
class Finding:
    topic: Topic
    rule: str


class Safety:
    """The clinicians' rules and the ear: what either finds is an alarm.

    A rule's hit falls when the ear understands the message and hears next to nothing in it; where
    the message speaks of the past or in jest, or at length and only names an illness, when the
    ear hears no alarm of its own.
    """

    def __init__(self, content: dict[str, Any], *, data: Path, ear: Ear | None = None):
        self._data, self._ear = data, ear
        rules = list(rule_phrases(content))
        contexts = list(context_phrases(content))
        self._rules = Index(rules)
        self._near = Index(phrase for phrase in contexts if phrase.label != TOLD)
        self._told = Index(phrase for phrase in contexts if phrase.label == TOLD)
        easing = frozenset(content["attenuano"])
        self._easing = Index(phrase for phrase in contexts if phrase.label in easing)
        self._yielding = frozenset(content["adesso_vince_su"])
        self._breaks = frozenset(content["spezzano"])
        self._vocabulary = Vocabulary(
            content["gruppi"], loose_words([*rules, *contexts], content), content["parole_vere"]
        )
        self._read = lru_cache(maxsize=50_000)(self._read_token)

    @classmethod
    def load(cls, data_folder: Path, *, ear: Ear | None = None) -> "Safety":
        return cls(word_list("safety.yml", data=data_folder), data=data_folder, ear=ear)

    def listen_with(self, ear: Ear) -> None:
        """Hear with another model from the next message on."""
        self._ear = ear

    def look(self, text: str) -> Finding | None:
        """An emergency goes before a crisis: both texts name 112, the first says only that.

        Of two the one that says more than a name, then the first in the text.
        """
        sentences = list(self._sentences(INVISIBLE.sub("", text)))
        standing, ear = list(self._standing(sentences)), self._ear
        if not standing:
            heard = ear.hear(_ends(text)) if ear else None
            return Finding(heard, EAR) if heard else None
        eased = all(label.named for label in standing) and not _is_short(sentences)
        is_heard = ear and len(text) <= LONGEST_HEARD  # what nobody heard is not doubted
        if ear and is_heard and ear.doubts(text, eased=eased or self._is_eased(sentences)):
            return None
        first = min(standing, key=lambda each: (each.topic != "emergenza", each.named))
        return Finding(first.topic, first.rule)

    def _is_eased(self, sentences: list[Sentence]) -> bool:
        """Whether anything in it tells of the past, of others, of books, in jest, undenied."""
        for sentence in sentences:
            spans = [span for _, span in self._easing.find(sentence)]
            contexts = self._contexts_of(sentence) if spans else {}
            for span in spans:
                if DENIAL not in around(span, contexts, sentence.commas, told=False):
                    return True
        return False

    def _standing(self, sentences: list[Sentence]) -> Iterator[Label]:
        """The rules whose phrase stands uncancelled, in the order of the text."""
        hits = [
            (each, *hit)
            for each in sentences
            for hit in sorted(self._rules.find(each), key=_place)
        ]
        if not hits:
            return
        short = _is_short(sentences)
        told = any(True for each in sentences for _ in self._told.find(each))
        for sentence, group in groupby(hits, key=itemgetter(0)):
            contexts = self._contexts_of(sentence)
            for _, label, span in group:
                kinds = around(span, contexts, sentence.commas, told=told)
                if stands(label, kinds, self._yielding, short=short):
                    yield label

    def _contexts_of(self, sentence: Sentence) -> Contexts:
        where: Contexts = {}
        for kind, span in self._near.find(sentence):
            where.setdefault(kind, []).append(span.last)
        return {kind: sorted(places) for kind, places in where.items()}

    def _sentences(self, text: str) -> Iterator[Sentence]:
        for passage in STOPS.split(text):
            words = chain.from_iterable(map(self._read, TOKEN.findall(passage)))
            sentence = Sentence(list(words))
            if "." in sentence.atoms:
                yield from sentence.parts()
            elif sentence.atoms:
                yield sentence

    def _read_token(self, token: str) -> tuple[Atoms, ...]:
        if token in ",\n":
            return (COMMA,)
        words = normalise(token, data=self._data).replace("'", " ").split()
        return tuple(atoms for word in words for atoms in self._read_word(word))

    def _read_word(self, word: str) -> list[Atoms]:
        if word in self._breaks:
            return [STOP]
        atoms = self._vocabulary.atoms(word)
        return [atoms] if atoms else self._vocabulary.unglued(word) or [atoms]


def _place(hit: tuple[Label, Span]) -> tuple[Span, str]:
    """Where it stands; the index finds in an order that differs from process to process."""
    label, span = hit
    return span, label.rule


def _is_short(sentences: list[Sentence]) -> bool:
    return sum(len(sentence.words) for sentence in sentences) <= FEW


def _ends(text: str) -> str:
    """Of a text without end its beginning and its end: where one says why one writes."""
    if len(text) <= LONGEST_HEARD:
        return text
    half = LONGEST_HEARD // 2
    return f"{text[:half]}\n{text[-half:]}"
