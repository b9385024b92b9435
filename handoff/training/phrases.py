"""The phrases that the model learns from: those of the files, and those that trainers added."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.tables import PhraseReview
from italian.masked import names_somebody
from italian.normalise import normalise

VOICE = "cittadini"
STYLE = "varia"
LONGEST = 300  # characters; what is longer is a story of several phrases
# As in bot.near_copies and tests/evaluation/test_apart.py
ALIKE, FEWEST_WORDS = 90, 4
LETTER = re.compile(r"[^\W\d_]")
BLANKS = re.compile(r"\s+")

EMPTY = "La frase è vuota: scriva come lo direbbe un cittadino."
TOO_LONG = "La frase è troppo lunga: al massimo 300 caratteri. Tenga solo la domanda."
PERSONAL = (
    "Nella frase ci sono dati personali, anche nascosti tra parentesi: li tolga, per favore."
)
KNOWN = "Questa frase c'è già, fra quelle di «{topic}»: non serve aggiungerla."
COPY = "È quasi uguale a una frase che c'è già: «{phrase}». Non serve aggiungerla."
OF_THE_TEST = (
    "Questa frase serve a provare l'assistente: se la imparasse, la prova non varrebbe più."
)


@dataclass(frozen=True)
class Book:
    """Normalised phrases with their topic, and the messages that the model is tested with."""

    topics: Mapping[str, str]
    tests: frozenset[str]


def tidy(text: str) -> str:
    """On one line, as a file of phrases has it."""
    return BLANKS.sub(" ", text).strip()


def fault(
    book: Book,
    added: Iterable[PhraseReview],
    text: str,
    topic: str,
    *,
    titled: Callable[[str], str],
) -> str | None:
    """Why the model cannot learn this, in a sentence; None when it can."""
    if not LETTER.search(text):
        return EMPTY
    if len(text) > LONGEST:
        return TOO_LONG
    if names_somebody(text):
        return PERSONAL
    text = normalise(text)
    known = {**book.topics, **{normalise(each.text or ""): each.topic or "" for each in added}}
    if text in book.tests:
        return OF_THE_TEST
    if text in known:
        return KNOWN.format(topic=titled(known[text]))
    return _repeats(known, text, topic)


def _repeats(known: Mapping[str, str], text: str, topic: str) -> str | None:
    of_topic = [phrase for phrase, its in known.items() if its == topic and _is_long(phrase)]
    if not _is_long(text) or not of_topic:
        return None
    nearest = process.extractOne(text, of_topic, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    return COPY.format(phrase=nearest[0]) if nearest else None


def _is_long(phrase: str) -> bool:
    return len(phrase.split()) >= FEWEST_WORDS


def book(data: Path) -> Book:
    """The files' phrases. Seconds at the first call: not for an event loop."""
    files = sorted((data / "phrases").glob("*/*.tsv"))
    tests = sorted((data / "evaluation").glob("*.tsv"))
    return _book(tuple((file, file.stat().st_mtime_ns) for file in (*files, *tests)))


@lru_cache(maxsize=1)
def _book(files: Sequence[tuple[Path, int]]) -> Book:
    topics: dict[str, str] = {}
    tests: set[str] = set()
    for file, _ in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            label, _style, text = line.split("\t", 2)
            if file.parent.name == "evaluation":
                tests.add(normalise(text))
            else:
                topics[normalise(text)] = label
    return Book(topics, frozenset(tests))


async def added(session: AsyncSession) -> Sequence[PhraseReview]:
    """What trainers added, in the order in which they did."""
    found = await session.scalars(
        select(PhraseReview).where(PhraseReview.decision == "added").order_by(PhraseReview.id)
    )
    return found.all()


def write(
    phrases: Iterable[PhraseReview], groups: Mapping[str, str], folder: Path, *, known: Book
) -> int:
    """Below `folder`, as phrases/cittadini/<group>.tsv; how many there are.

    `groups` names the file of each topic. Left out are phrases of a topic that is gone, and those
    that the files, or an earlier one, say as well: two trainers at once, or an update.
    """
    said = set(known.topics)
    lines: dict[str, list[str]] = defaultdict(list)
    for phrase in phrases:
        group, text = groups.get(phrase.topic or ""), normalise(phrase.text or "")
        if group and text not in said:
            said.add(text)
            lines[group].append(f"{phrase.topic}\t{STYLE}\t{phrase.text}\n")
    voice = folder / "phrases" / VOICE
    voice.mkdir(parents=True, exist_ok=True)
    for group, of_group in lines.items():
        (voice / f"{group}.tsv").write_text("".join(of_group), encoding="utf-8")
    return sum(map(len, lines.values()))
