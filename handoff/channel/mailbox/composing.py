"""An `Outbound` as a mail."""

from collections.abc import Sequence
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate

from handoff.channel.choices import lines
from handoff.channel.mailbox.headers import ADDRESS, MESSAGE_ID
from handoff.channel.mailbox.settings import MailboxSettings
from handoff.channel.mailbox.tokens import SUBJECT, Tokens
from handoff.channel.outgoing import (
    Answered,
    Button,
    File,
    Outbound,
    PermanentFailure,
    Unreachable,
)

# long lines, because the standard library encodes ids that do not fit into one, and spoils them
POLICY = policy.SMTP.clone(max_line_length=900)
HEAVIEST = 20_000_000  # bytes of attachments; base64 makes a third more of them
LONGEST_LOCAL = 64  # characters before the @ (RFC 5321, 4.5.3.1.1)
NO_SUBJECT = "Risposta dello sportello"


def compose(
    message: Outbound, settings: MailboxSettings, tokens: Tokens, *, plus: bool
) -> EmailMessage:
    """`plus`: answers come to an address of the conversation; else its mark is in the subject."""
    mail = EmailMessage(policy=POLICY)
    mail["Message-ID"] = tokens.message_id(message.key)
    mail["Date"] = formatdate(localtime=False)
    mail["From"] = Address(_line(settings.sender_name), addr_spec=settings.address)
    mail["To"] = recipient(message.address)
    reply_to = tokens.plus_address(message.conversation_id) if message.conversation_id else ""
    is_plus = plus and 0 < reply_to.find("@") <= LONGEST_LOCAL
    if is_plus:
        mail["Reply-To"] = reply_to
    mark = "" if is_plus or not message.conversation_id else message.conversation_id
    mail["Subject"] = _subject(message.answers, tokens.subject_mark(mark) if mark else "")
    _refer(mail, message.answers)
    if message.author != "operator":
        _mark_automatic(mail)
    mail.set_content(_body(message.text, message.buttons), charset="utf-8", cte="base64")
    _attach(mail, message.files)
    return mail


def recipient(address: str) -> str:
    if not ADDRESS.fullmatch(address) or not address.isascii():
        raise Unreachable("l'indirizzo di posta non è valido")
    return address


def _subject(answered: Answered | None, mark: str) -> str:
    """The citizen's own, marked as an answer once, with our newest mark only."""
    asked = _line(SUBJECT.sub("", (answered and answered.subject) or ""))
    is_answer = asked.lower().startswith(("re:", "r:", "ris:"))
    told = asked if is_answer else f"Re: {asked}" if asked else NO_SUBJECT
    return f"{told} {mark}".strip()


def _line(text: str) -> str:
    """Line ends in a header would begin another one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _refer(mail: EmailMessage, answered: Answered | None) -> None:
    """RFC 5322, 3.6.4."""
    if answered is None or not MESSAGE_ID.fullmatch(answered.external_id):
        return
    earlier = MESSAGE_ID.findall(answered.particulars.get("references", ""))
    mail["In-Reply-To"] = answered.external_id
    mail["References"] = " ".join([*earlier, answered.external_id])


def _mark_automatic(mail: EmailMessage) -> None:
    """So that no other machine answers this one (RFC 3834)."""
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"


def _body(text: str, buttons: Sequence[Button]) -> str:
    choices = "\n".join(lines(buttons))
    return "\n\n".join(part for part in (text.strip(), choices) if part) + "\n"


def _attach(mail: EmailMessage, files: Sequence[File]) -> None:
    if sum(len(file.content) for file in files) > HEAVIEST:
        raise PermanentFailure("gli allegati superano 20 MB")
    for file in files:
        kind, _, detail = file.media_type.partition("/")
        if kind not in ("application", "audio", "image", "text", "video") or not detail:
            kind, detail = "application", "octet-stream"
        mail.add_attachment(
            file.content,
            maintype=kind,
            subtype=detail.split(";")[0].strip(),
            filename=_line(file.name),
        )
