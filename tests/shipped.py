"""What is shipped in `data` is read once in a process; any other folder each time anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from handoff.knowledge import Desks, Directory, Knowledge
from handoff.knowledge.templates import Templates
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tickets import Clock

SHIPPED = ROOT / "data"
READ_ONLY = (Directory, Desks, Templates, Clock)  # nothing changes them once they are read


@contextmanager
def read_once() -> Iterator[None]:
    """A start of the service reads for 0.1 s; what it may change is copied for each."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in READ_ONLY:
            patch.setattr(kind, "load", staticmethod(_kept(kind.load)))
        patch.setattr(Knowledge, "load", staticmethod(_kept(Knowledge.load, _with_own_entries)))
        patch.setattr(Safety, "load", staticmethod(_with_own_ear(_kept(Safety.load, copy))))
        yield


def _kept(load: Callable[..., Any], own: Callable[[Any], Any] = lambda it: it) -> Any:
    kept = cache(load)

    def read(data: Path, **more: Any) -> Any:
        return own(kept(data, **more)) if data == SHIPPED else load(data, **more)

    return read


def _with_own_entries(knowledge: Knowledge) -> Knowledge:
    return replace(knowledge, entries=dict(knowledge.entries))


def _with_own_ear(load: Callable[..., Any]) -> Any:
    def read(data: Path, *, ear: Any = None) -> Any:
        safety = load(data)
        if ear:
            safety.listen_with(ear)
        return safety

    return read
