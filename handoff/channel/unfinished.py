"""Which parts of an unfinished message arrived, so that a retry goes on there.

The memory is this process's: after a restart, or in another worker, a message whose later part
was refused begins again at its first. Twice read is better than half read.
"""

REMEMBERED = 1000  # messages


class Unfinished:
    def __init__(self) -> None:
        self._sent: dict[str, list[str]] = {}  # ids by message

    def count(self, key: str) -> int:
        return len(self._sent.get(key, ()))

    def add(self, key: str, external_id: str) -> None:
        """One more part arrived."""
        self._sent.setdefault(key, []).append(external_id)
        if len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def finish(self, key: str) -> tuple[str, ...]:
        """All ids, in order; nothing is remembered of it any more."""
        return tuple(self._sent.pop(key, ()))
