"""What is told to whoever counts. By default nobody does; handoff.metrics has the one who does."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing, nullcontext


class Telemetry:
    """Hears of everything and keeps nothing. No text, no id, no address is ever told."""

    def received(self, channel: str) -> None:
        """A message that was not there yet is stored."""

    def refused(self, channel: str) -> None:
        """Something that came in could not be stored."""

    def alarmed(self, topic: str) -> None:
        """Safety found an emergency in a stored message."""

    def claimed(self, queue: str, jobs: int) -> None:
        """A worker leased so many jobs."""

    def failed(self, queue: str) -> None:
        """A job's handling ended with an error and will be tried again."""

    def answered(self, decision: str, seconds: float) -> None:
        """The bot decided, after so long."""

    def silent(self, why: str, seconds: float) -> None:
        """The bot gave no usable answer."""

    def attempted(self, channel: str, result: str) -> None:
        """An attempt to deliver ended so."""

    def waited_to_write(self, seconds: float) -> None:
        """So long a transaction waited for the database before it could write."""

    def streaming(self, face: str) -> AbstractContextManager[None]:
        """Meanwhile an event stream is open."""
        return nullcontext()


NOBODY = Telemetry()


async def watched(
    events: AsyncGenerator[str], telemetry: Telemetry, face: str
) -> AsyncGenerator[str]:
    """The same events; while they come, a stream is open."""
    with telemetry.streaming(face):
        async with aclosing(events):
            async for event in events:
                yield event
