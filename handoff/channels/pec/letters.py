"""What lies in a PEC mailbox, told apart by the outermost headers only: these are the provider's.

Facts: RFC 6109. What is inside an envelope was written by anybody, receipts included.
"""

import hashlib
from dataclasses import replace
from email.message import Message

from handoff.channel import Attachment, Event, Inbound
from handoff.channel.mailbox import headers, letter
from handoff.channel.mailbox import letters as mailbox
from handoff.channel.mailbox.letter import Raw, Unreadable
from handoff.channel.moments import by_mail
from handoff.channels.pec import certificate, receipts

CHANNEL = "pec"
TOO_LARGE = "messaggio troppo grande: se ne legge solo l'inizio; l'originale è nella casella PEC"
NOTHING_INSIDE = "busta senza il messaggio originale"
EUROPEAN = ("remevidence", "rem-md")  # ETSI EN 319 532-4, which is to follow PEC


class Letters(mailbox.Letters):
    channel = CHANNEL

    def events(self, raw: Raw) -> list[Event]:
        mail = letter.parse(raw.content)
        if receipt := headers.raw(mail, "X-Ricevuta").lower():
            told = receipts.read(CHANNEL, mail, receipt, self._tokens)
            return [replace(status, evidence=_evidence(raw, receipt)) for status in told]
        leaves = letter.counted(mail)
        if any(_name(part).startswith(EUROPEAN) for part in leaves):
            raise Unreadable("rem")
        inbound = self._inbound(raw, mail, leaves)
        return [] if inbound.address == self._address else [inbound]

    def _inbound(self, raw: Raw, mail: Message, leaves: list[Message]) -> Inbound:
        transport = headers.raw(mail, "X-Trasporto").lower()
        is_certified = transport == "posta-certificata"
        inner = _inner(leaves) if transport else mail
        seen = mail if inner is None else inner
        name, address = self._sender(mail, seen, leaves if is_certified else [])
        subject = headers.subject(seen)
        return Inbound(
            channel=CHANNEL,
            external_id=letter.identity(mail, raw.content),
            address=address,
            text=letter.new_words(seen),
            name=name,
            unsupported=TOO_LARGE if raw.is_cut else None if inner else NOTHING_INSIDE,
            attachments=_files(raw, seen),
            wants="person",
            thread=self._tokens.conversation_in(
                " ".join(headers.addresses(seen, "to", "cc")), subject
            ),
            answers_to=headers.ancestors(seen),
            subject=subject or None,
            particulars=_particulars(raw, seen, leaves if is_certified else None),
            written_at=by_mail(headers.raw(mail, "Date")),
        )

    def _sender(
        self, mail: Message, seen: Message, certified: list[Message]
    ) -> tuple[str | None, str]:
        """In an envelope the provider certifies who wrote; elsewhere it is what the mail says."""
        name, written = headers.sender(seen)
        _, wanted = headers.sender(mail, "Reply-To")
        sure = certificate.read(certified).sender
        address = sure if headers.ADDRESS.fullmatch(sure) else written or wanted
        if address is None:
            raise Unreadable("mittente")
        return name, address


def _inner(leaves: list[Message]) -> Message | None:
    """postacert.eml; under another name in the envelopes of anomalies."""
    mails = [part for part in leaves if part.get_content_type() == "message/rfc822"]
    named = [part for part in leaves if _name(part) == "postacert.eml"]
    for part in [*named, *mails]:
        inside = part.get_payload()
        if isinstance(inside, list) and inside and isinstance(inside[0], Message):
            return inside[0]
        return letter.parse(letter.content_of(part))
    return None


def _name(part: Message) -> str:
    return str(part.get_filename() or "").lower()


def _files(raw: Raw, seen: Message) -> tuple[Attachment, ...]:
    """What is attached, and the message as it came: the evidence."""
    if raw.is_cut:
        return ()
    return (*letter.attachments(letter.counted(seen)), _original(raw, "originale.eml"))


def _evidence(raw: Raw, receipt: str) -> Attachment | None:
    """Half a receipt proves nothing; the whole of it is in the mailbox."""
    return None if raw.is_cut else _original(raw, f"ricevuta-{receipt}.eml")


def _original(raw: Raw, name: str) -> Attachment:
    return Attachment(
        kind="file",
        name=name,
        media_type="message/rfc822",
        size=len(raw.content),
        content=raw.content,
        original=True,
    )


def _particulars(raw: Raw, seen: Message, certified: list[Message] | None) -> dict[str, str]:
    told = {"legal_value": "no" if certified is None else "yes"}
    if not raw.is_cut:
        told["sha256"] = hashlib.sha256(raw.content).hexdigest()
    if identifier := certificate.read(certified or []).identifier:
        told["identificativo"] = identifier
    if lineage := headers.lineage(seen):
        told["references"] = lineage
    return told
