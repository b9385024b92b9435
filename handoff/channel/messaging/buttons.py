"""Buttons become quick replies, their titles words in the text where replies do not do.

Facts: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
"""

from typing import Any

from handoff.channel import Button, Outbound
from handoff.channel.messaging.account import Account

MOST = 13
WIDEST = 20  # characters of a title
LARGEST = 1000  # characters of a payload
MARKS = 2  # characters of a title that needs no number: the marks of the survey


def wording(message: Outbound, account: Account) -> str:
    """The text, with the titles under it when they are not shown or not in full elsewhere."""
    if not message.buttons or (shown(message) and not _said_twice(message, account)):
        return message.text
    titles = (_numbered(number, button) for number, button in enumerate(message.buttons, 1))
    return message.text + "\n\n" + "\n".join(titles)


def quick_replies(message: Outbound, account: Account) -> list[dict[str, Any]]:
    """None in a late message: Meta refuses them beside the tag of a person."""
    if not shown(message):
        return []
    return [
        {"content_type": "text", "title": _title(number, button), "payload": button.payload}
        for number, button in enumerate(message.buttons, 1)
    ]


def shown(message: Outbound) -> bool:
    return (
        not message.late
        and len(message.buttons) <= MOST
        and all(len(button.payload) <= LARGEST for button in message.buttons)
    )


def _said_twice(message: Outbound, account: Account) -> bool:
    return account.repeats_titles or any(len(b.title) > WIDEST for b in message.buttons)


def _title(number: int, button: Button) -> str:
    """A long title begins with its number in the text, which has it in full."""
    if len(button.title) <= WIDEST:
        return button.title
    return f"{_numbered(number, button)[: WIDEST - 1].rstrip()}…"


def _numbered(number: int, button: Button) -> str:
    return button.title if len(button.title) <= MARKS else f"{number}. {button.title}"
