"""What the provider tells about a message of ours: a status, never a citizen's message."""

import re
from email.message import Message
from typing import Any

from handoff.channel import Status
from handoff.channel.mailbox import headers, letter
from handoff.channel.mailbox.letter import Unreadable
from handoff.channel.mailbox.tokens import Tokens
from handoff.channels.pec import certificate
from handoff.channels.pec.certificate import Certificate

FAILURES = {
    "non-accettazione": "il gestore PEC non ha accettato il messaggio",
    "errore-consegna": "la PEC non è stata consegnata",
    "mancata-consegna": "la PEC non è stata consegnata",  # not in the rules, but seen
    "rilevazione-virus": "il gestore PEC ha trovato un virus nel messaggio",
}
CAUSES = {
    "no-dest": "il destinatario non esiste",
    "no-dominio": "il dominio del destinatario non esiste",
    "virus": "contiene un virus",
}
NOWHERE = re.compile(r"\b5\.1\.[0-9]|indirizzo non valido", re.I)
# the second notice looks like the first, only its words differ
OVER = re.compile(r"\b(24|ventiquattro)\s+ore", re.I)
NOT_YET = re.compile(r"\b(12|dodici)\s+ore", re.I)


def read(channel: str, mail: Message, kind: str, tokens: Tokens) -> list[Status]:
    leaves = letter.counted(mail)
    certified = certificate.read(leaves)
    about = headers.raw(mail, "X-Riferimento-Message-ID") or certified.about
    if not about:
        raise Unreadable("ricevuta")
    fate = _fate(kind, certified, letter.written(mail))
    if fate is None:
        return []
    key = tokens.key_of(about)
    return [
        Status(
            channel=channel,
            external_id=tokens.message_id(key) if key else about[:250],
            key=key,
            recipient=certified.recipient[:250],
            **fate,
        )
    ]


def _fate(kind: str, certified: Certificate, told: str) -> dict[str, Any] | None:
    if kind == "accettazione":
        named = certified.identifier
        return {"state": "sent", "alias": f"<{named}>" if named else None}
    if kind == "avvenuta-consegna":
        return {"state": "delivered"}
    if kind == "preavviso-errore-consegna":
        return _notice(certified.details or told)
    if kind in FAILURES:
        return _failed(kind, certified)
    if kind == "presa-in-carico":
        return None  # one provider to another
    raise Unreadable("ricevuta")


def _notice(told: str) -> dict[str, Any]:
    if OVER.search(told) and not NOT_YET.search(told):
        return {"state": "failed", "cause": "refused", "reason": "non consegnata entro 24 ore"}
    return {"state": "delayed", "reason": "non ancora consegnata dopo 12 ore"}


def _failed(kind: str, certified: Certificate) -> dict[str, Any]:
    nowhere = certified.error in ("no-dest", "no-dominio") or NOWHERE.search(certified.details)
    known = CAUSES["no-dest"] if nowhere else None
    cause = CAUSES.get(certified.error, known)
    return {
        "state": "failed",
        "cause": "unreachable" if nowhere else "refused",
        "reason": FAILURES[kind] + (f": {cause}" if cause else ""),
    }
