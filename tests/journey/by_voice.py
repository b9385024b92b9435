"""Who called or came: an operator writes it down, in the same queue and the same numbers."""

from typing import Any
from uuid import uuid4

from tests.journey.course import QUESTION, TOPIC, Course
from tests.journey.office import Office
from tests.journey.stuck import Stuck

ANSWERED = "Ho spiegato gli orari del centro prelievi e che cosa portare."
CALLED_BACK = "Ho richiamato il cittadino con gli orari."


async def write_down(office: Office, channel: str) -> Course:
    """At the desk it is answered and closed at once; a caller is called back."""
    at_once = channel == "desk"
    before = await _counted(office)
    ticket = await office.writes_down(
        channel=channel,
        text=QUESTION,
        topic=TOPIC,
        name="Ada Melis",
        outcome="closed" if at_once else "open",
        answer=ANSWERED if at_once else None,
        id=str(uuid4()),
    )
    if not at_once:
        await office.does(ticket, "note", text=CALLED_BACK)
        await office.does(ticket, "close")
    if await _counted(office) != before + 1:
        raise Stuck("il contatto non è fra le richieste chiuse")
    return _course(await office.now(ticket))


async def _counted(office: Office) -> int:
    return int((await office.looks("tickets?state=closed"))["counts"]["closed"])


def _course(ticket: dict[str, Any]) -> Course:
    return Course(
        channel=ticket["channel"],
        by="scritto dall'operatore",
        reach=ticket["reach"],
        ticket=ticket["name"],
        closed=ticket["state"] == "closed",
    )
