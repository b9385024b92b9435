"""A channel of spoken words: an operator writes down what was said, nothing is ever sent."""

from typing import ClassVar

from handoff.channel.base import Channel
from handoff.channel.outgoing import Outbound, PermanentFailure, Receipt


class ByHand(Channel):
    pulled: ClassVar[bool] = True
    by_hand: ClassVar[bool] = True

    async def send(self, message: Outbound) -> Receipt:
        raise PermanentFailure("qui si parla a voce: non parte nulla")
