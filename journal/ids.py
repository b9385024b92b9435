"""The ids of what is being done: bound once, found in every line that is written meanwhile."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from uuid import uuid4

HEADER = "X-Request-Id"
REQUEST = "request_id"
# as long as no phone number or codice fiscale is: whoever sends it may write what they like
SANE = re.compile(r"[A-Za-z0-9_-]{20,64}")
_bound: ContextVar[Mapping[str, str]] = ContextVar("bound", default=MappingProxyType({}))


@contextmanager
def bound(**ids: str | None) -> Iterator[None]:
    """Meanwhile every line carries these; what is None is left as it was."""
    given = {name: value for name, value in ids.items() if value}
    token = _bound.set({**_bound.get(), **given})
    try:
        yield
    finally:
        _bound.reset(token)


@contextmanager
def followed() -> Iterator[None]:
    """Under the request id of the edge, or one of its own: mailboxes and polls have no request."""
    with bound(request_id=_bound.get().get(REQUEST) or uuid4().hex):
        yield


def current() -> Mapping[str, str]:
    return _bound.get()


def traced() -> dict[str, str]:
    """What a message keeps, so that whoever handles it later goes on under the same id."""
    request_id = _bound.get().get(REQUEST)
    return {REQUEST: request_id} if request_id else {}


def headers() -> dict[str, str]:
    """What whoever is asked on behalf of this request goes on under."""
    request_id = _bound.get().get(REQUEST)
    return {HEADER: request_id} if request_id else {}


def request_id_of(given: str | None) -> str:
    """The one given if it is a plain token, else a new one."""
    return given if given and SANE.fullmatch(given) else uuid4().hex
