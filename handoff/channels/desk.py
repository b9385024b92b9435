"""The desk: people who came in person, written down by the operator who spoke with them."""

from typing import ClassVar

from handoff.channel.by_hand import ByHand


class Desk(ByHand):
    name: ClassVar[str] = "desk"
    title: ClassVar[str] = "Sportello"


def channel() -> Desk:
    return Desk()
