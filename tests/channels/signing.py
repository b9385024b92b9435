"""Signs what cannot be signed beforehand, because a signature is only fresh for minutes."""

import json
import time
from collections.abc import Callable
from typing import Any

from handoff.channels.bridge.seal import sealed
from tests.channels.conftest import SETTINGS

Case = dict[str, Any]


def raw_of(case: Case) -> str:
    # not json=: httpx writes no halves of surrogate pairs, providers do
    return str(case.get("raw") or json.dumps(case["body"]))


def signed(name: str, case: Case) -> Case:
    """The case as it stands, or with fresh headers where its channel asks for them."""
    sign = SIGNERS.get(name)
    return case if sign is None else {**case, "headers": sign(raw_of(case).encode())}


def _bridge(raw: bytes) -> dict[str, str]:
    return sealed(SETTINGS["SPORTELLO_BRIDGE_SECRET"], raw, time.time())


SIGNERS: dict[str, Callable[[bytes], dict[str, str]]] = {"bridge": _bridge}
