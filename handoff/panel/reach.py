"""Whether an operator may still write to a citizen, until when, and what may go once more."""

from datetime import datetime, timedelta
from typing import Any

from handoff.channel import NO_FILES, Channel
from handoff.channel.windows import Standing, standing
from handoff.tables import Conversation

BY_HAND = "by_hand"  # nothing is sent nor fetched: one speaks
ANSWER_YOURSELF = (
    "L'assistente automatico qui non può più scrivere: il cittadino tace da troppo tempo. "
    "Risponda Lei, con parole Sue."
)
BY_TEMPLATE = "Il cittadino tace da troppo tempo: può ricevere solo un modello approvato."
NOT_HERE = "Il cittadino tace da troppo tempo: lo cerchi per un'altra via."
INACTIVE = "inactive"  # the channel is not among those that run


def reach(channel: Channel | None, conversation: Conversation, now: datetime) -> dict[str, Any]:
    """How things stand, as a person may write; `window_hours` is how long they may."""
    if channel is None:
        return _told(INACTIVE, None, conversation)
    if channel.by_hand:
        return _told(BY_HAND, channel, conversation)
    window = channel.human_window or channel.window
    told = _told(
        _for_a_person(standing(channel, conversation.heard_at, now)),
        channel,
        conversation,
        window=window,
        has_templates=channel.has_templates,
    )
    return told | {
        "not_again": {
            author: why_not_again(channel, conversation, now, author=author)
            for author in ("operator", "bot")
        }
    }


def why_not_again(
    channel: Channel | None, conversation: Conversation, now: datetime, *, author: str
) -> str | None:
    """Why these words would fail once more, and what can work; None when they may go.

    Not asked of a template, which is made for that.
    """
    how = standing(channel, conversation.heard_at, now) if channel else Standing.OPEN
    if how is Standing.OPEN or (how is Standing.HUMAN_ONLY and author == "operator"):
        return None
    sayings = {Standing.HUMAN_ONLY: ANSWER_YOURSELF, Standing.TEMPLATE_ONLY: BY_TEMPLATE}
    return sayings.get(how, NOT_HERE)


def _for_a_person(how: Standing) -> str:
    return Standing.OPEN if how is Standing.HUMAN_ONLY else how


def why_no_file(
    channel: Channel | None, conversation: Conversation, media_type: str, size: int
) -> str | None:
    """Why such a file cannot reach the citizen here, in Italian; None when it can."""
    if channel is None or channel.by_hand:
        return NO_FILES
    return None if conversation.pulled else channel.refuses(media_type, size)


def has_assistant(channel: Channel) -> bool:
    """Whether the assistant may speak there: else nothing can be handed back to it."""
    return channel.answers_alone and not channel.by_hand


def takes_files(channel: Channel | None, conversation: Conversation) -> bool:
    if channel is None or channel.by_hand:
        return False
    return channel.takes_files or conversation.pulled


def _told(
    how: str,
    channel: Channel | None,
    conversation: Conversation,
    *,
    window: timedelta | None = None,
    has_templates: bool = False,
) -> dict[str, Any]:
    heard = conversation.heard_at
    until = heard + window if heard and window and how == Standing.OPEN else None
    return {
        "standing": how,
        "assistant": channel is not None and has_assistant(channel),
        "takes_files": takes_files(channel, conversation),
        "no_files": channel.no_files if channel else NO_FILES,
        "until": until.isoformat() if until else None,
        "window_hours": window.total_seconds() / 3600 if window else None,
        "unreachable": conversation.unreachable,
        "has_templates": has_templates,
    }
