"""The telephone: calls, written down by the operator who answered them."""

from typing import ClassVar

from handoff.channel import Channel, Outbound, PermanentFailure, Receipt


class Phone(Channel):
    name: ClassVar[str] = "phone"
    title: ClassVar[str] = "Telefono"
    pulled: ClassVar[bool] = True
    by_hand: ClassVar[bool] = True

    async def send(self, message: Outbound) -> Receipt:
        raise PermanentFailure("al telefono si parla a voce: da qui non parte nulla")


def channel() -> Channel:
    return Phone()
