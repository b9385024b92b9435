"""Answers as trainers see them: the live text, how citizens read it, and every revision."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge import Expired, Knowledge, revisions
from handoff.knowledge.blocks import SENTENCES, Block
from handoff.knowledge.checking import LONGEST_ANSWER, PLACEHOLDER, texts
from handoff.knowledge.words import ROME, entry_of
from handoff.tables import KnowledgeRevision, Operator
from handoff.training import proposals
from handoff.training.difference import difference

LINE_BREAKS = re.compile("[\u0085\u2028\u2029]")  # which YAML would fold

EMPTY = "La risposta è vuota: scriva che cosa devono leggere i cittadini."
TOO_LONG = "La risposta ha {words} parole: al massimo {most}, quante ne stanno su un telefono."
NO_FIELD = "Nessuno riempie {{{field}}}: in questa risposta {fields}."
FIELDS = "si possono usare {fields}"
NO_FIELDS = "non ci sono campi da riempire"


async def topics(session: AsyncSession) -> list[dict[str, Any]]:
    """Every topic with its live answer, in the order of the files."""
    today = datetime.now(ROME).date()
    found = await revisions.live(session)
    proposed = set(await proposals.keys(session))
    return [
        {**_card(revision, today), "proposed": revision.key in proposed}
        for revision in found
        if revision.file != SENTENCES
    ]


async def answer(
    session: AsyncSession, key: str, *, knowledge: Knowledge, to: Operator
) -> dict[str, Any] | None:
    """All that an answer's page shows; None when there is no such topic."""
    past = await revisions.history(session, key)
    if not past or past[-1].file == SENTENCES:
        return None
    entry = revisions.block_of(past[-1]).entry()
    return {
        **_card(past[-1], datetime.now(ROME).date()),
        "fields": sorted(set(_fields(entry))),
        "source": str(entry["source"]),
        "owner": str(entry["owner"]),
        "others": [
            {"name": name, "text": str(text)} for name, text in texts(entry) if name != "answer"
        ],
        "preview": _preview(key, entry, knowledge),
        "most": LONGEST_ANSWER,
        "revisions": list(_history(past))[::-1],
        "proposal": await proposals.shown(session, past[-1], to=to),
    }


def _card(revision: KnowledgeRevision, today: date) -> dict[str, Any]:
    raw = revisions.block_of(revision).entry()
    entry = entry_of(revision.key, raw)
    return {
        "key": revision.key,
        "title": entry.title,
        "group": group_of(revision.file),
        "kind": entry.kind,
        "takes_two": entry.risk == proposals.HIGH,
        "sample": entry.sample,
        "expired": entry.review is not None and entry.review < today,
        "review": entry.review.isoformat() if entry.review else None,
        "text": entry.texts[""],
        "number": revision.number,
        "changed_at": revision.created_at.isoformat(),
    }


def group_of(file: str) -> str:
    """`knowledge/servizi.yml` → `servizi`, which names the files of phrases as well."""
    return file.rpartition("/")[2].removesuffix(".yml")


def _preview(key: str, entry: dict[str, Any], knowledge: Knowledge) -> dict[str, Any]:
    """What stands around the answer when citizens read it; `withheld` when none may read it."""
    there = Knowledge({**knowledge.entries, key: entry_of(key, entry)})
    try:
        words = there.wording(key)
    except Expired:
        return {"withheld": True, "caveats": [], "buttons": []}
    added = words.text.removeprefix(there.entries[key].texts[""].strip())
    return {
        "withheld": False,
        "caveats": [line for line in added.split("\n") if line],
        "buttons": [button.title for button in words.buttons],
    }


def _history(past: Sequence[KnowledgeRevision]) -> Iterator[dict[str, Any]]:
    """The oldest first, each with what it changed in the one before."""
    before: dict[str, Any] | None = None
    for revision in past:
        entry = revisions.block_of(revision).entry()
        text = str(entry["answer"])
        yield {
            "number": revision.number,
            "author": revision.author,
            "approved_by": revision.approved_by,
            "reason": revision.reason,
            "created_at": revision.created_at.isoformat(),
            "text": text,
            "difference": difference(str(before["answer"]), text) if before else None,
            "also": _also_changed(before, entry) if before else [],
        }
        before = entry


def _also_changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    names = {*before, *after} - {"answer"}
    return sorted(name for name in names if before.get(name) != after.get(name))


def tidy(text: str) -> str:
    """The text as it will be kept."""
    return LINE_BREAKS.sub("\n", text).strip()


def fault(before: Block, text: str) -> str | None:
    """Why citizens cannot read this, in a sentence; None when they can."""
    if not text:
        return EMPTY
    if (words := len(text.split())) > LONGEST_ANSWER:
        return TOO_LONG.format(words=words, most=LONGEST_ANSWER)
    known = set(_fields(before.entry()))
    if unknown := set(PLACEHOLDER.findall(text)) - known:
        named = ", ".join(f"{{{name}}}" for name in sorted(known))
        fields = FIELDS.format(fields=named) if known else NO_FIELDS
        return NO_FIELD.format(field=min(unknown), fields=fields)
    return None


def _fields(entry: dict[str, Any]) -> Iterator[str]:
    for _, text in texts(entry):
        yield from PLACEHOLDER.findall(str(text))
