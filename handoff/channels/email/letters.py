"""A mail of the ordinary mailbox as events."""

from email.message import Message

from handoff.channel import Event, Inbound
from handoff.channel.mailbox import headers, letter
from handoff.channel.mailbox import letters as mailbox
from handoff.channel.mailbox.letter import Raw, Unreadable
from handoff.channel.moments import by_mail
from handoff.channels.email import bounces
from handoff.channels.email.automatic import is_automatic, is_report

CHANNEL = "email"
TOO_LARGE = "messaggio troppo grande: se ne legge solo l'inizio, senza allegati"
DELIVERED_TO = ("to", "cc", "delivered-to", "x-original-to")


class Letters(mailbox.Letters):
    channel = CHANNEL

    def events(self, raw: Raw) -> list[Event]:
        mail = letter.parse(raw.content)
        if is_report(mail):
            statuses = bounces.read(CHANNEL, mail, self._tokens)
            return [*statuses] or [letter.oddity(CHANNEL, "rimbalzo", raw.content)]
        name, address = self._sender(mail)
        if address is None:
            raise Unreadable("mittente")
        if self._is_ours(mail, address):
            return []
        return [self._inbound(raw, mail, name, address)]

    def _sender(self, mail: Message) -> tuple[str | None, str | None]:
        """Where an answer is wanted: forms of web sites write in a citizen's name."""
        name, written = headers.sender(mail)
        other, wanted = headers.sender(mail, "Reply-To")
        return (other or name, wanted) if wanted else (name, written)

    def _is_ours(self, mail: Message, address: str) -> bool:
        ids = headers.message_ids(mail, "Message-ID")
        return address == self._address or any(self._tokens.key_of(one) for one in ids)

    def _inbound(self, raw: Raw, mail: Message, name: str | None, address: str) -> Inbound:
        leaves = letter.counted(mail)
        subject = headers.subject(mail)
        recipients = " ".join(headers.addresses(mail, *DELIVERED_TO))
        return Inbound(
            channel=CHANNEL,
            external_id=letter.identity(mail, raw.content),
            address=address,
            text=letter.new_words(mail),
            name=name,
            unsupported=TOO_LARGE if raw.is_cut else None,
            attachments=() if raw.is_cut else letter.attachments(leaves),
            wants="nobody" if is_automatic(mail, address) else "bot",
            thread=self._tokens.conversation_in(recipients, subject),
            answers_to=headers.ancestors(mail),
            subject=subject or None,
            particulars=self._particulars(mail),
            written_at=by_mail(headers.raw(mail, "Date")),
        )

    def _particulars(self, mail: Message) -> dict[str, str]:
        lineage = headers.lineage(mail)
        return {"references": lineage} if lineage else {}
