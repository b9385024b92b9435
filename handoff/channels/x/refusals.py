"""What X's refusals mean.

Facts: https://docs.x.com/x-api/fundamentals/response-codes-and-errors and /rate-limits.
"""

import time
from datetime import timedelta
from typing import Any

import httpx

from handoff.channel import (
    DeliveryError,
    PermanentFailure,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
)
from handoff.channel.calling import object_in
from handoff.channels.x.messages import listed

# of the fifteen minutes, and of the day for account and app, as the headers call them
WINDOWS = ("rate-limit", "user-limit-24hour", "app-limit-24hour")
LONGEST_WAIT = 86_400.0  # seconds
A_WHILE = 60.0  # seconds, where X does not say how long
NO_CREDIT = "il credito acquistato da X è esaurito"
REFUSED = "X rifiuta le nostre credenziali"
UNHELPFUL = "l'app non ha il permesso per i messaggi diretti"
NOT_TAKEN = "X non prende il file"
LIMIT = "X: limite di invii raggiunto"
CLOSED_DOOR = "permission to DM"  # X has no code for it; seen in many reports
CLOSED_DOORS = {"150", "349"}  # not a follower, not to be written to
# refusals, by the end of their `type`, that are about our app and not about the citizen
ABOUT_US = {"client-forbidden", "oauth1-permissions", "unsupported-authentication"}


def failure(response: httpx.Response) -> DeliveryError:
    """What an answer other than 2xx means for a message."""
    if response.is_server_error:
        return _broken(response)
    match response.status_code:
        case 429:
            return TemporaryFailure(LIMIT, retry_after=reset(response))
        case 401:
            return TokenRefused(REFUSED)
        case 402:
            return TemporaryFailure(NO_CREDIT, retry_after=timedelta(minutes=15))
        case 403 | 404:
            return _forbidden(response)
    return PermanentFailure(f"X rifiuta il messaggio ({response.status_code})")


def _forbidden(response: httpx.Response) -> DeliveryError:
    """A citizen is unreachable only where X says so: of our own faults it says 403 too."""
    said = object_in(response)
    if response.status_code == httpx.codes.NOT_FOUND:
        return Unreachable("l'account non esiste più")
    if str(said.get("type", "")).rpartition("/")[2] in ABOUT_US:
        return TokenRefused(f"X: {UNHELPFUL}")
    if CLOSED_DOOR in str(said.get("detail", "")) or CLOSED_DOORS & _codes(said):
        return Unreachable("non accetta i nostri messaggi")
    return PermanentFailure("X non permette questo invio")


def _codes(said: dict[str, Any]) -> set[str]:
    """Of the older API's errors, which some machines of X still answer with."""
    return {str(error.get("code")) for error in listed(said.get("errors"))}


def _broken(response: httpx.Response) -> DeliveryError:
    """X words its own refusals in JSON; a page comes from some machine in between."""
    if response.status_code == httpx.codes.GATEWAY_TIMEOUT or not object_in(response):
        return UnknownOutcome(f"risposta di X senza senso ({response.status_code})")
    return TemporaryFailure(f"X non è disponibile ({response.status_code})")


def not_taken(response: httpx.Response) -> DeliveryError:
    """Why a picture was not uploaded: nobody has seen it, and no citizen is concerned."""
    match failure(response):
        case UnknownOutcome():
            return TemporaryFailure(NOT_TAKEN)
        case Unreachable():
            return PermanentFailure(NOT_TAKEN)
        case error:
            return error


def uploaded(response: httpx.Response) -> str:
    data = object_in(response).get("data")
    given = data.get("id") if isinstance(data, dict) else None
    if not isinstance(given, str):
        raise TemporaryFailure(NOT_TAKEN)
    return given


def gone(response: httpx.Response) -> DeliveryError:
    """Why an attachment cannot be fetched."""
    if response.is_server_error:
        return TemporaryFailure(f"X non è disponibile ({response.status_code})")
    match response.status_code:
        case 401:
            return TokenRefused(REFUSED)
        case 429:
            return TemporaryFailure("X: troppe richieste", retry_after=reset(response))
    return PermanentFailure("l'allegato non è più disponibile")


def reset(response: httpx.Response) -> timedelta:
    """Until every window that is used up begins anew."""
    ends = [_seconds(response, f"x-{window}-reset") for window in _used_up(response)]
    end = max(ends, default=0) or _seconds(response, "x-rate-limit-reset")
    wait = end - time.time() if end else A_WHILE
    return timedelta(seconds=min(max(wait, 1.0), LONGEST_WAIT))


def is_last(response: httpx.Response) -> bool:
    """True if some window has no message left after this one."""
    return bool(_used_up(response))


def _used_up(response: httpx.Response) -> list[str]:
    return [name for name in WINDOWS if response.headers.get(f"x-{name}-remaining") == "0"]


def _seconds(response: httpx.Response, header: str) -> int:
    given = response.headers.get(header, "")
    return int(given[:11]) if given.isascii() and given.isdigit() else 0
