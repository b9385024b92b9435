"""What Meta's error codes mean for a message. They decide; the texts beside them never do.

Facts: https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
"""

from datetime import timedelta

import httpx

from handoff.channel import (
    DeliveryError,
    PermanentFailure,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)
from handoff.channel.messaging.rates import wait_asked
from handoff.channel.meta import error_of

NO_SENSE = -1
WINDOW_CLOSED = {2018278, 2018065}
NOT_REACHABLE = {2018108, 2018001}
CLOSED_OR_BLOCKED = 1545041  # Meta's pages disagree; our own clock decides
ANOTHER_APP_LEADS = 2018300
RESTRICTED = 1893063
NO_PERSON = 551
BUSY = {1, 2, 1200}
TOO_MANY = {4, 17, 32, 341, 613, 80007}
NOT_ALLOWED = {3, 10, 102, 190, *range(200, 300)}
RESTRICTION = timedelta(minutes=30)


def refusal(response: httpx.Response, *, late: bool, token_setting: str) -> DeliveryError:
    code, subcode = error_of(response)
    if code == NO_SENSE:
        return _without_sense(response)
    return (
        _by_subcode(subcode, late=late)
        or _by_code(code, response, token_setting)
        or _by_status(code, subcode, response)
    )


def _without_sense(response: httpx.Response) -> DeliveryError:
    """A page of some machine in between: the message may have passed it."""
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return TemporaryFailure("troppi messaggi", retry_after=wait_asked(response))
    return UnknownOutcome(f"risposta incomprensibile ({response.status_code})")


def _by_subcode(subcode: int, *, late: bool) -> DeliveryError | None:
    if subcode in WINDOW_CLOSED or (subcode == CLOSED_OR_BLOCKED and late):
        return WindowClosed("è passato troppo tempo dall'ultimo messaggio del cittadino")
    if subcode in NOT_REACHABLE or subcode == CLOSED_OR_BLOCKED:
        return Unreachable("il cittadino non è raggiungibile o ci ha bloccato")
    if subcode == ANOTHER_APP_LEADS:
        return PermanentFailure("la conversazione è guidata da un'altra applicazione")
    if subcode == RESTRICTED:
        return TemporaryFailure("Meta limita l'account per il momento", retry_after=RESTRICTION)
    return None


def _by_code(code: int, response: httpx.Response, token_setting: str) -> DeliveryError | None:
    if code == NO_PERSON:
        return Unreachable("il cittadino non è raggiungibile al momento")
    if code in TOO_MANY:
        return TemporaryFailure("troppi messaggi", retry_after=wait_asked(response))
    if code in BUSY:
        return TemporaryFailure("Meta non riesce a consegnare al momento")
    if code in NOT_ALLOWED:
        return TokenRefused(f"Meta rifiuta il token o i permessi: vedere {token_setting}")
    return None


def _by_status(code: int, subcode: int, response: httpx.Response) -> DeliveryError:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return TemporaryFailure("troppi messaggi", retry_after=wait_asked(response))
    if response.is_server_error:
        return TemporaryFailure("guasto di Meta")
    return PermanentFailure(f"rifiutato da Meta (errore {code}/{subcode})")
