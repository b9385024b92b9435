"""What Meta's error codes mean, whether they answer a call or come in a status.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from datetime import timedelta
from typing import Literal

import httpx
from httpx import codes

from handoff.channel import (
    DeliveryError,
    PermanentFailure,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)
from handoff.channel.meta import error_of

WINDOW_CLOSED = 131047
UNDELIVERABLE = 131026
TOO_MANY_TO_ONE = 131056  # the pair limit: one message in 6 seconds to the same citizen
LONGEST_PAUSE = 4  # as an exponent of 4: 256 seconds
TOKEN = "Meta rifiuta il token di accesso"
BUSY = "WhatsApp chiede di rallentare"
PASSING = "WhatsApp ha un problema temporaneo"
MALFORMED = "richiesta non valida per WhatsApp"
TEMPLATE = "il modello non si può usare: controllarlo in WhatsApp Manager"

ACCOUNT = {
    368: "l'account WhatsApp è bloccato per violazione delle regole",
    131031: "l'account WhatsApp è bloccato",
    131042: "pagamento mancante o rifiutato su Meta",
    131045: "il numero WhatsApp non è registrato correttamente",
    133010: "il numero WhatsApp non è registrato",
}
# the business's own limits fall slowly, and calls that are refused make the wait longer
SLOW_DOWN = {
    4: timedelta(minutes=5),
    17: timedelta(minutes=5),
    32: timedelta(minutes=5),
    613: timedelta(minutes=1),
    80007: timedelta(minutes=5),
    130429: None,
    131048: timedelta(minutes=30),
    131064: timedelta(minutes=30),
}
PASSES = {
    1: None,
    2: None,
    341: timedelta(minutes=5),
    1200: None,
    131000: None,
    131016: None,
    131057: timedelta(minutes=1),  # the number is being given a higher throughput
    135000: None,
}
NEVER = {
    100: MALFORMED,
    131008: MALFORMED,
    131009: MALFORMED,
    131030: "il destinatario non è fra i numeri di prova",
    131049: "WhatsApp limita i messaggi a questa persona: non ritentare per 24 ore",
    131050: "la persona non vuole messaggi promozionali",
    131051: "tipo di messaggio non accettato da WhatsApp",
    131052: "WhatsApp non ha potuto scaricare il file",
    131053: "WhatsApp non accetta il file",
    131062: "a questa persona WhatsApp permette di scrivere solo al numero di telefono",
    130472: "WhatsApp non consegna messaggi promozionali a questa persona",
    **dict.fromkeys((132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016), TEMPLATE),
}


def failure(code: int, *, refusals: int = 1, status: int = 400) -> DeliveryError:
    """For the `refusals`-th refusal of a message with this code."""
    if code == TOO_MANY_TO_ONE:  # Meta asks for pauses of 4, 16, 64 … seconds
        pause = timedelta(seconds=4 ** min(max(refusals, 1), LONGEST_PAUSE))
        return TemporaryFailure("troppi messaggi alla stessa persona", retry_after=pause)
    if code in SLOW_DOWN:
        return TemporaryFailure(BUSY, retry_after=SLOW_DOWN[code])
    if code in PASSES:
        return TemporaryFailure(PASSING, retry_after=PASSES[code])
    return _of_credentials(code) or _of_recipient(code) or _of_the_rest(code, status)


def _of_credentials(code: int) -> DeliveryError | None:
    if code in (0, 3, 10, 102, 190) or code in range(200, 300):
        return TokenRefused(f"{TOKEN} (codice {code})")
    return TokenRefused(ACCOUNT[code]) if code in ACCOUNT else None


def _of_recipient(code: int) -> DeliveryError | None:
    if code == WINDOW_CLOSED:
        return WindowClosed("sono passate più di 24 ore dall'ultimo messaggio della persona")
    if code == UNDELIVERABLE:
        return Unreachable("non raggiungibile: non ha WhatsApp o non lo ha aggiornato")
    return None


def _of_the_rest(code: int, status: int) -> DeliveryError:
    if code in NEVER:
        return PermanentFailure(NEVER[code])
    if status >= codes.INTERNAL_SERVER_ERROR:
        return TemporaryFailure(PASSING)
    return PermanentFailure(f"WhatsApp rifiuta il messaggio (codice {code})")


def failure_of(response: httpx.Response, *, refusals: int = 1) -> DeliveryError:
    """What an answer other than 2xx means for the message."""
    code, _ = error_of(response)
    if code != -1:
        return failure(code, refusals=refusals, status=response.status_code)
    if response.status_code == codes.TOO_MANY_REQUESTS:
        return TemporaryFailure(BUSY)
    # a page of some machine in between: nobody knows what became of the request
    return UnknownOutcome(f"risposta senza senso (HTTP {response.status_code})")


Cause = Literal["window_closed", "unreachable", "refused", "later"]


def cause_of(error: DeliveryError) -> Cause:
    """As a status tells it; a refused account is no reason to send the same again by itself."""
    match error:
        case WindowClosed():
            return "window_closed"
        case Unreachable():
            return "unreachable"
        case TokenRefused():
            return "refused"
        case TemporaryFailure():
            return "later"
    return "refused"
