"""Asks the service how it is."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class State:
    starting: bool
    words: str

    def __str__(self) -> str:
        return self.words


def ask(port: int) -> State:
    try:
        with NO_PROXY.open(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
            return _describe(answer.read())
    except urllib.error.HTTPError as error:
        return State(starting=True, words=_trim(error.read()) or f"status {error.code}")
    except OSError:
        return State(starting=True, words="the service does not answer yet")


def _describe(body: bytes) -> State:
    try:
        degraded = json.loads(body).get("degraded") or []
    except (ValueError, AttributeError):
        degraded = []
    words = f"without {', '.join(map(str, degraded))}" if degraded else "everything works"
    return State(starting=False, words=words)


def _trim(body: bytes) -> str:
    return " ".join(body.decode("utf-8", "replace").split())[:300]
