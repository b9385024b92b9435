"""The course of a citizen's request: question, answer, person, reply, closing, score."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.journey.base import Shown, Side
from tests.journey.office import Office
from tests.journey.stuck import Stuck

TOPIC = "prelievi_analisi"  # what the question is about
QUESTION = "Buongiorno, che orari ha il centro prelievi?"
WISH = "Posso parlare con una persona, per favore?"
REPLY = "Buongiorno, sono Rita dell'URP: il centro prelievi apre alle 7:30, porti la ricetta."
SCORE = "5"
PATIENCE = 30.0  # seconds for one step
ON_ITS_WAY = ("ready", "run")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a channel did."""

    channel: str
    by: str
    seconds: float | None = None  # from question to answer; None where no machine answers
    choices: tuple[str, int] | None = None  # under the answer: how they look, how many
    states: tuple[str, ...] = ()  # of the operator's reply, in order; none where it is fetched
    reach: dict[str, Any]  # until when one may write
    ticket: str
    score: int | None = None
    closed: bool


async def play(side: Side, office: Office, answer: str) -> Course:
    """Raises Stuck where a step does not come about."""
    seconds, answered = await _asks(side, office, answer)
    ticket = await finds(side, office)
    replied = await office.does(await office.does(ticket, "take"), "reply", text=REPLY)
    await _until(office, lambda: _reads(side, REPLY), "la risposta dell'operatore non è arrivata")
    states = await _fate(side, office, replied)
    closed = await office.does(replied, "close")
    score = await _votes(side, office, closed)
    await _nothing_is_lost(office, closed)
    return Course(
        channel=side.name,
        by=side.by,
        seconds=seconds,
        choices=(answered.look, len(answered.choices)) if answered and answered.choices else None,
        states=states,
        reach=replied["reach"],
        ticket=ticket["name"],
        score=score,
        closed=closed["state"] == "closed",
    )


async def _asks(side: Side, office: Office, answer: str) -> tuple[float | None, Shown | None]:
    """A question, its approved answer, and the wish for a person in one's own words."""
    began = time.monotonic()
    await side.write(QUESTION)
    if not side.answers_alone:
        return None, None
    answered = await _until(
        office, lambda: _reads(side, answer), "la risposta approvata non è arrivata"
    )
    seconds = time.monotonic() - began
    await side.write(WISH)
    return seconds, answered


async def finds(side: Side, office: Office) -> dict[str, Any]:
    async def waiting() -> dict[str, Any] | None:
        found = (await office.looks("tickets?state=open"))["tickets"]
        return next((each for each in found if each["channel"] == side.name), None)

    ticket = await _until(office, waiting, "la richiesta non è comparsa nel pannello")
    if side.answers_alone:
        name = ticket["name"]
        told = f"il cittadino non ha letto il numero della richiesta ({name})"
        await _until(office, lambda: _reads(side, name), told)
    return ticket


async def _fate(side: Side, office: Office, replied: dict[str, Any]) -> tuple[str, ...]:
    """The states of the reply, as the provider tells them one after the other."""

    async def reached(wanted: str | None = None) -> tuple[str | None] | None:
        state = await _delivery(office, replied)
        is_there = state == wanted if wanted else state not in ON_ITS_WAY
        return (state,) if is_there else None

    [first] = await _until(office, reached, "l'invio non è finito")
    if first is None:
        return ()
    states = [first]
    for told in side.tells:
        await side.tell(told)
        await _until(
            office,
            lambda wanted=told: reached(wanted),
            f"lo stato non è diventato «{told}»",
        )
        states.append(told)
    return tuple(dict.fromkeys(states))


async def _delivery(office: Office, ticket: dict[str, Any]) -> str | None:
    messages = (await office.now(ticket))["messages"]
    state: str | None = next(m for m in messages if m["text"] == REPLY)["delivery"]
    return state


async def _votes(side: Side, office: Office, closed: dict[str, Any]) -> int | None:
    """The office says goodbye and asks for a score; it is pressed, or typed."""
    if not side.answers_alone:
        return None
    survey = closed["messages"][-1]["text"]

    async def asked() -> Shown | None:
        last = (await side.read())[-1]
        return last if _bare(survey) in _bare(last.text) else None

    async def scored() -> int | None:
        score: int | None = ((await office.now(closed))["survey"] or {}).get("score")
        return score

    last = await _until(office, asked, "il congedo con la richiesta di un voto non è arrivato")
    five = next((each for each in last.choices if each.title == SCORE), None)
    await (side.press(five) if five else side.write(SCORE))
    return await _until(office, scored, "il voto non è arrivato al pannello")


async def _nothing_is_lost(office: Office, closed: dict[str, Any]) -> None:
    """Of all that was said, not of the reply alone."""

    async def settled() -> list[dict[str, Any]] | None:
        said: list[dict[str, Any]] = (await office.now(closed))["messages"]
        return said if all(each["delivery"] not in ON_ITS_WAY for each in said) else None

    for each in await _until(office, settled, "non è partito tutto"):
        if each["delivery"] in ("failed", "unknown"):
            raise Stuck(f"«{each['text'][:40]}» non è arrivato: {each['delivery_reason']}")


async def _reads(side: Side, text: str) -> Shown | None:
    """The message, with its choices; a long one may have come in parts, these under the last."""
    read, wanted = await side.read(), _bare(text)
    if wanted not in _bare("".join(shown.text for shown in read)):
        return None
    ends = [shown for shown in read if wanted[-40:] in _bare(shown.text)]
    return ends[-1] if ends else Shown(text)


def _bare(text: str) -> str:
    return "".join(text.split())


async def _until(office: Office, look: Callable[[], Awaitable[Found | None]], else_: str) -> Found:
    try:
        async with asyncio.timeout(PATIENCE):
            while (found := await look()) is None:
                await office.pause()
    except TimeoutError:
        raise Stuck(f"{else_} entro {PATIENCE:.0f} secondi") from None
    return found
