"""What the partner's gateway answers when we hand it a message."""

import httpx

from handoff.channel import (
    DeliveryError,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)
from handoff.channel.calling import object_in, retry_after
from handoff.channels.bridge.events import LONGEST_ID, said

LOST = "il gateway del partner non è all'indirizzo che conosciamo"
SIGNATURE_REFUSED = "il gateway del partner rifiuta la nostra firma"


def receipt(response: httpx.Response) -> Receipt:
    """2xx counts only with an id: a portal in between may answer 200 to anything."""
    taken = object_in(response).get("id")
    if not isinstance(taken, str) or not 0 < len(taken) <= LONGEST_ID:
        raise UnknownOutcome("il gateway non ha confermato il messaggio")
    return Receipt((taken,))


def failure(response: httpx.Response, now: float) -> DeliveryError:
    """By the word in `error` where there is one, else by the status."""
    answer = object_in(response)
    why = said(answer.get("reason"))
    match answer.get("error"):
        case "unreachable":
            return Unreachable(why or "non raggiungibile su quella rete")
        case "window_closed":
            return WindowClosed(why or "il tempo per rispondere è scaduto")
        case "refused":
            return PermanentFailure(why or "rifiutato dal gateway")
        case "later":
            return TemporaryFailure(
                why or "rinviato dal gateway", retry_after=retry_after(response, now)
            )
    return _by_status(response, now)


def _by_status(response: httpx.Response, now: float) -> DeliveryError:
    wait = retry_after(response, now)
    match response.status_code:
        case 401 | 403:
            return TokenRefused(SIGNATURE_REFUSED)
        case 404 | 405:
            return TemporaryFailure(LOST)
        case 429 | 503:
            return TemporaryFailure("il gateway chiede di attendere", retry_after=wait)
    if response.is_redirect:  # a signature is for one address only
        return TemporaryFailure(LOST)
    if response.is_client_error:
        return PermanentFailure(f"il gateway rifiuta il messaggio ({response.status_code})")
    return UnknownOutcome(f"il gateway ha risposto {response.status_code}")
