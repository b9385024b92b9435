"""The telephone: calls, written down by the operator who answered them."""

from typing import ClassVar

from handoff.channel.by_hand import ByHand


class Phone(ByHand):
    name: ClassVar[str] = "phone"
    title: ClassVar[str] = "Telefono"


def channel() -> Phone:
    return Phone()
