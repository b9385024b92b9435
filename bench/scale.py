"""How much is measured: the whole, or a short run that only shows that everything works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    runs: int  # turns of each side; the medians count
    senders: int  # conversations of one message each, for the throughput
    at_once: int
    alone: int  # messages one after the other, each the first of its conversation
    length: int  # messages in one conversation, for the growth
    few: int = 1_000  # finished rows beside a claim
    many: int = 1_000_000
    claims: int = 400
    streams: int = 5_000  # open web chats
    watched_s: float = 30.0  # seconds for which they are looked at

    @property
    def early(self) -> slice:
        return slice(self.length // 10, self.length // 5)

    @property
    def late(self) -> slice:
        return slice(self.length * 9 // 10, self.length)


FULL = Scale(runs=5, senders=600, at_once=16, alone=100, length=1000)
QUICK = Scale(
    runs=1,
    senders=32,
    at_once=16,
    alone=10,
    length=40,
    few=100,
    many=2_000,
    claims=20,
    streams=50,
    watched_s=1.0,
)
