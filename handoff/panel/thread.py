"""What was said, as the panel shows it: who said it, and what became of it on its way."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments
from handoff.panel import reads
from handoff.panel.reads import Delivery
from handoff.tables import KEY, Message

HIDDEN_KEY = "[codice dato al cittadino]"
# beside a message's text
NOTED = ("participant", "subject", "edits", "unsupported", "resent_of", "late")
FETCHED = Delivery(None)  # citizens fetch it themselves


async def messages(session: AsyncSession, conversation_id: str, *, before: int) -> dict[str, Any]:
    """The last page before a number, and whether there are earlier ones."""
    found = await reads.messages_before(session, conversation_id, seq=before)
    deliveries = await reads.deliveries(session, found)
    receipts = await attachments.receipts_of(session, [each.id for each in found])
    return {
        "messages": [
            _message(each, deliveries.get(each.id, FETCHED))
            | {"receipts": receipts.get(each.id, [])}
            for each in found
        ],
        "earlier": bool(found) and found[0].seq > 1,
    }


def _message(message: Message, delivery: Delivery) -> dict[str, Any]:
    ours = message.author in ("bot", "system")
    return {
        "id": message.id,
        "seq": message.seq,
        "reply_to": message.reply_to,
        "final": message.final,
        "author": message.author,
        "author_name": message.author_name,
        "text": message.text.replace(KEY, HIDDEN_KEY) if ours else message.text,
        "buttons": message.buttons,
        "attachments": message.attachments,
        "topic": message.topic,
        "template": message.template["name"] if message.template else None,
        "created_at": message.created_at.isoformat(),
        "delivery": delivery.state,
        "delivery_cause": delivery.cause,
        "delivery_reason": delivery.reason,
        "network": (message.trace.get("particulars") or {}).get("network"),
        **{name: message.trace.get(name) for name in NOTED},
    }
