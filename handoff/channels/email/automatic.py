"""Mails that no person waits behind. Facts: RFC 3834 and what mail programs do beside it."""

import re
from email.message import Message

from handoff.channel.mailbox import headers

ROBOTS = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|non-?rispondere|bounces?([+-].*)?"
    r"|owner-.*|.*-(request|owner|bounces))",
    re.I,
)
BULK = {"bulk", "list", "junk", "auto_reply"}
MARKS = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients")


def is_automatic(mail: Message, address: str) -> bool:
    """An out-of-office note, a list, a robot: never answered, or two machines talk for ever."""
    submitted = headers.raw(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or headers.raw(mail, "Precedence").lower() in BULK
        or headers.raw(mail, "Return-Path").replace(" ", "") == "<>"
        or any(headers.raw(mail, mark) for mark in MARKS)
        or ROBOTS.fullmatch(address.partition("@")[0]) is not None
    )


def is_report(mail: Message) -> bool:
    """A delivery report, or an older server's words that our mail came back."""
    return (
        mail.get_content_type() == "multipart/report"
        and str(mail.get_param("report-type") or "").lower() in ("", "delivery-status")
    ) or bool(headers.raw(mail, "X-Failed-Recipients"))
