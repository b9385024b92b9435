"""The desk: people who came in person, written down by the operator who spoke with them."""

from typing import ClassVar

from handoff.channel import Channel, Outbound, PermanentFailure, Receipt


class Desk(Channel):
    name: ClassVar[str] = "desk"
    title: ClassVar[str] = "Sportello"
    pulled: ClassVar[bool] = True
    by_hand: ClassVar[bool] = True

    async def send(self, message: Outbound) -> Receipt:
        raise PermanentFailure("allo sportello si parla di persona: da qui non parte nulla")


def channel() -> Channel:
    return Desk()
