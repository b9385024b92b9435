"""From a key and its values to text and buttons; nothing here writes a sentence of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from handoff.channel import Button
from handoff.knowledge.blocks import read_blocks

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
PERSON = Button(title="Parla con una persona", payload="parla_con_operatore")
SAMPLE = "dato_dimostrativo"
TO_BE_CHECKED = "da_ricontrollare"
MAX_BUTTONS = 5
MORE = "di_piu"
MORE_TITLE = "Dimmi di più"
SITES = {"policlinico": "Policlinico", "san_giovanni": "San Giovanni di Dio"}
ROME = ZoneInfo("Europe/Rome")


class UnknownWords(LookupError):
    """Nobody approved words for this key: a person has to answer."""


class Expired(UnknownWords):
    """Nobody checked the words in time, and a wrong answer could harm: a person has to answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The approved words of one topic, or of one sentence that is not a topic."""

    topic: str
    title: str
    texts: Mapping[str, str]  # variant → text; "" is the answer itself
    follow_ups: tuple[str | Mapping[str, str], ...] = ()
    kind: str = "sentence"
    risk: str = "L"
    sample: bool = False
    ticket: Mapping[str, str] | None = None
    more_confirmed: bool = False  # longer texts are uncertain until the office says otherwise
    sites: tuple[str, ...] = ()  # hospitals with a text of their own, variants by their ids
    review: date | None = None
    revision: str = ""

    @property
    def is_answer(self) -> bool:
        """An answer proper; look-ups, forms and safety texts have other ways to be right."""
        return self.kind == "answer"

    def expired(self, today: date) -> bool:
        return self.is_answer and self.review is not None and self.review < today


@dataclass(frozen=True, slots=True)
class Wording:
    text: str
    topic: str
    revision: str
    buttons: tuple[Button, ...] = ()


@dataclass(slots=True)
class Knowledge:
    """The approved words as they are now; `renew` changes them while the service runs."""

    entries: dict[str, Entry] = field(default_factory=dict)
    page: str = "/pratica"  # where requests can be followed

    @classmethod
    def load(cls, data: Path, *, public_url: str = "") -> Self:
        """Read `knowledge/*.yml` and `conversation/frasi.yml` below `data`."""
        entries = {block.key: entry_of(block.key, block.entry()) for block in read_blocks(data)}
        return cls(entries, page=f"{public_url.rstrip('/')}/pratica")

    def renew(self, key: str, raw: Mapping[str, Any], *, revision: str) -> None:
        """Say what a newer revision says from now on."""
        self.entries[key] = entry_of(key, raw, revision=revision)

    def wording(
        self, key: str, values: Mapping[str, Any] | None = None, *, today: date | None = None
    ) -> Wording:
        """The words for `topic` or `topic.variant`; unknown keys raise UnknownWords.

        `values["prefer"]` names variants of which the first that exists is taken.
        """
        topic, _, variant = key.partition(".")
        entry = self.entries.get(topic)
        if entry is None or variant not in entry.texts:
            raise UnknownWords(key)
        values = {"pagina": self.page, **(values or {})}
        variant = variant or _preferred(entry, values.get("prefer") or ())
        return Wording(
            text=_fill(entry.texts[variant], values)
            + self._caveats(entry, variant, today or datetime.now(ROME).date()),
            topic=topic,
            revision=entry.revision,
            buttons=self._buttons(entry, variant, values),
        )

    def _caveats(self, entry: Entry, variant: str, today: date) -> str:
        """An answer that is not certain says so; look-ups do in their own words."""
        expired = entry.expired(today)
        if expired and entry.risk == "H":
            raise Expired(entry.topic)
        is_own = variant and variant != MORE and variant not in entry.sites
        if not entry.is_answer or is_own:
            return ""
        unsure = entry.sample or (variant == MORE and not entry.more_confirmed)
        keys = [key for key, holds in ((SAMPLE, unsure), (TO_BE_CHECKED, expired)) if holds]
        return "".join("\n" + self.entries[key].texts[""] for key in keys)

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
        if variant and variant not in entry.sites:
            return ()
        return (*self._variants(entry, variant), *self._topics(entry.follow_ups))[:MAX_BUTTONS]

    def _variants(self, entry: Entry, variant: str) -> Sequence[Button]:
        """More of the same topic: the longer text, or the other hospital's."""
        more = {MORE: MORE_TITLE} if MORE in entry.texts else {}
        there = {site: SITES.get(site, site) for site in entry.sites if site != variant}
        return [
            Button(title=title, payload=f"{entry.topic}:{name}")
            for name, title in {**there, **more}.items()
        ]

    def _topics(self, topics: Sequence[str | Mapping[str, str]]) -> tuple[Button, ...]:
        """Of topics by their ids, and of buttons that an entry describes itself."""
        wanted = [
            each if isinstance(each, Mapping) else {"title": self.title(each), "payload": each}
            for each in topics[:MAX_BUTTONS]
        ]
        return tuple(Button(title=each["title"], payload=each["payload"]) for each in wanted)


def entry_of(topic: str, raw: Mapping[str, Any], *, revision: str = "") -> Entry:
    sites = raw.get("sites") or {}
    texts = {"": str(raw.get("answer") or raw.get("text")), **(raw.get("variants") or {}), **sites}
    if raw.get("more"):
        texts[MORE] = raw["more"]
    return Entry(
        topic=topic,
        title=raw.get("title", topic),
        texts=texts,
        follow_ups=(*(raw.get("buttons") or ()), *(raw.get("next") or ())),
        kind=raw.get("kind", "sentence"),
        risk=raw.get("risk", "L"),
        sample=bool(raw.get("sample", False)),
        ticket=raw.get("ticket"),
        more_confirmed=bool(raw.get("more_confirmed", False)),
        sites=tuple(sites),
        review=raw.get("review"),
        revision=revision or sha256(repr(sorted(texts.items())).encode()).hexdigest()[:12],
    )


def _preferred(entry: Entry, names: Sequence[str]) -> str:
    return next(
        (name for name in names if name in (MORE, *entry.sites) and name in entry.texts), ""
    )


def _fill(text: str, values: Mapping[str, Any]) -> str:
    """Put values in place in one pass; a value that looks like a placeholder stays as it is."""

    def value(match: re.Match[str]) -> str:
        return str(values[match[1]]) if match[1] in values else match[0]

    return PLACEHOLDER.sub(value, text).strip()
