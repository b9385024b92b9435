"""The steps of joining channels: a code, its use, the consent, the undoing. Each is answered."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations, throttle
from handoff.channel import Channel
from handoff.joining import circle, codes
from handoff.joining.codes import Codes
from handoff.joining.squares import to_draw
from handoff.joining.titles import title_of
from handoff.joining.wishes import ASK, NO, PART, YES, Wish, consent, may_be_codes
from handoff.knowledge import Knowledge
from handoff.speech import Speech
from handoff.tables import KEY, Conversation, Message
from handoff.throttle import Guess

WISH = "channels"  # in a message's trace: the command, and of its code the hash
ACTS = {ASK: "ask", YES: "yes", NO: "no", PART: "part"}
MINUTES = int(codes.VALID.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Joining:
    """What the steps need to know of this installation."""

    codes: Codes = field(default_factory=Codes.of_this_process)
    channels: Mapping[str, Channel] = field(default_factory=dict)

    def invitations(self, code: str, *, here: str) -> list[tuple[str, str]]:
        """Other channels that a link can bring the code to: their names and the links."""
        made = ((name, each.invitation(code)) for name, each in self.channels.items())
        return [(name, link) for name, link in made if link and name != here]


def noted(wish: Wish, made: Codes) -> dict[str, Any]:
    """What is kept of a command beside its message."""
    code = {"code": made.hash(wish.code)} if wish.code else {}
    return {WISH: {"act": wish.act, **code}}


async def without_codes(session: AsyncSession, text: str, made: Codes) -> str:
    """Other words that hold a code which still counts, without it: it is nobody's to read."""
    for code, hidden in may_be_codes(text):
        if await codes.is_live(session, made.hash(code)):
            return await without_codes(session, hidden, made)
    return text


def may_reach_others(message: Message) -> bool:
    """Whether seeing to it may change other conversations: then all are locked first."""
    return (_act(message) or _typed(message)) in ("yes", "part")


def concerns(message: Message) -> bool:
    """True if it is about channels."""
    return _act(message) is not None


async def awaits_consent(session: AsyncSession, conversation_id: str) -> bool:
    return await codes.claimed(session, conversation_id) is not None


async def hear(session: AsyncSession, message: Message, speech: Speech, joining: Joining) -> bool:
    """True if the message was about channels: then it is done and answered."""
    act = _act(message)
    here = speech.conversation
    if act is None and here.expects and await awaits_consent(session, here.id):
        act = _typed(message) or "drop"
    if act is None:
        return False
    if act == "yes" and not message.is_proven:
        act = "again"
    return await STEPS[act](session, message, speech, joining)


def _act(message: Message) -> str | None:
    wish: Mapping[str, str] = message.trace.get(WISH, {})
    return wish.get("act") or ACTS.get(message.payload or "")


def _typed(message: Message) -> str | None:
    said = consent(message.text) if message.payload is None else None
    return None if said is None else ("yes" if said else "no")


async def _give_code(
    session: AsyncSession, message: Message, speech: Speech, joining: Joining
) -> bool:
    """Shown once, as a request's key is: then even this text does not hold it."""
    code = codes.shown(await codes.issue(session, speech.conversation, joining.codes))
    links = [
        (title_of(speech.knowledge, channel), link)
        for channel, link in joining.invitations(KEY, here=speech.conversation.channel)
    ]
    await speech.system(
        "collega_codice.con_link" if links else "collega_codice",
        {"minuti": MINUTES, "link": "\n".join(f"{title}: {link}" for title, link in links)},
        secret=code,
        trace=to_draw(links, f"collega {KEY}"),
    )
    return True


async def _use_code(
    session: AsyncSession, message: Message, speech: Speech, joining: Joining
) -> bool:
    here = speech.conversation
    guess = Guess.at_code(here.id, here.channel)
    if await throttle.count(session, guess) is not None:
        await codes.drop(session, here)
        await speech.system("collega_troppi")
        return True
    giver_id = await codes.claim(session, here, message.trace[WISH].get("code", ""))
    if giver_id is None:
        await speech.system("collega_codice_no")
        return True
    await throttle.succeed(session, guess)
    await _ask(session, speech, await session.get_one(Conversation, giver_id))
    return True


async def _ask_again(
    session: AsyncSession, message: Message, speech: Speech, joining: Joining
) -> bool:
    """Anybody can write a yes in another's name, but only they read what we ask."""
    code = await codes.claimed(session, speech.conversation.id)
    if code is None:
        await speech.system("collega_codice_no")
        return True
    giver = await session.get_one(Conversation, code.conversation_id)
    await _ask(session, speech, giver, key="collega_rispondendo")
    return True


async def _ask(
    session: AsyncSession, speech: Speech, giver: Conversation, *, key: str = "collega_consenso"
) -> None:
    here = speech.conversation
    if _are_joined(here, giver):
        await codes.drop(session, here)
        await speech.system("collega_gia")
        return
    question = await speech.system(
        key,
        {
            "qui": title_of(speech.knowledge, here.channel),
            "altrove": title_of(speech.knowledge, giver.channel),
        },
    )
    await codes.note_words(session, here, question.trace["revision"])


async def _join(session: AsyncSession, message: Message, speech: Speech, joining: Joining) -> bool:
    """Both sides are told: the one that gave the code may not know of it."""
    here, knowledge = speech.conversation, speech.knowledge
    spent = await codes.spend(session, here)
    if spent is None:
        await speech.system("collega_codice_no")
        return True
    giver = await conversations.lock(session, spent[0])
    if _are_joined(here, giver):
        await speech.system("collega_gia")
        return True
    takers, givers = await circle.join(session, here, giver, words=spent[1])
    await _tell(session, knowledge, givers, "collegato_avviso", here.channel)
    await _tell(session, knowledge, takers, "collegato_avviso", giver.channel)
    await speech.system("collegato", {"altrove": title_of(knowledge, giver.channel)})
    return True


async def _refuse(
    session: AsyncSession, message: Message, speech: Speech, joining: Joining
) -> bool:
    await codes.drop(session, speech.conversation)
    await speech.system("collega_no")
    return True


async def _part(session: AsyncSession, message: Message, speech: Speech, joining: Joining) -> bool:
    """At once and for all of them: who undoes a stranger's joining need not name the stranger."""
    here = speech.conversation
    was_joined = here.citizen_id is not None
    await codes.void(session, here)
    rest = await circle.part(session, here)
    await _tell(session, speech.knowledge, rest, "scollegato_avviso", here.channel)
    await speech.system("scollegato" if was_joined else "scollega_niente")
    return True


async def _go_on(
    session: AsyncSession, message: Message, speech: Speech, joining: Joining
) -> bool:
    """They said something else: that is no consent, and is answered as ever."""
    await codes.drop(session, speech.conversation)
    return False


Step = Callable[[AsyncSession, Message, Speech, Joining], Awaitable[bool]]
STEPS: Mapping[str, Step] = {
    "ask": _give_code,
    "use": _use_code,
    "yes": _join,
    "again": _ask_again,
    "no": _refuse,
    "part": _part,
    "drop": _go_on,
}


async def forget(session: AsyncSession, speech: Speech) -> None:
    """Its citizen had this conversation erased: it is no part of anybody's any more."""
    here = speech.conversation
    await codes.void(session, here)
    rest = await circle.leave(session, here)
    await _tell(session, speech.knowledge, rest, "scollegato_avviso", here.channel)


def _are_joined(one: Conversation, other: Conversation) -> bool:
    return one.citizen_id is not None and one.citizen_id == other.citizen_id


async def _tell(
    session: AsyncSession,
    knowledge: Knowledge,
    whom: Iterable[Conversation],
    key: str,
    channel: str,
) -> None:
    for each in whom:
        values = {"altrove": title_of(knowledge, channel)}
        await Speech(session, each, knowledge).system(key, values)
