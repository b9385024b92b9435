"""A message as the partner's gateway gets it: docs/canali/bridge.md describes it for them."""

import base64
import hashlib
from typing import Any

from handoff.channel import File, Outbound, PermanentFailure
from handoff.channels.bridge.events import address_of

LARGEST = 20 * 1024 * 1024  # bytes of all files of one message; base64 makes a third more
TOO_LARGE = "i file sono troppo grandi per il ponte: al massimo 20 MB in tutto"


def contents(message: Outbound) -> dict[str, Any]:
    if sum(len(file.content) for file in message.files) > LARGEST:
        raise PermanentFailure(TOO_LARGE)
    network, to = address_of(message.address)
    body = {
        "key": message.key,
        "network": network,
        "to": to,
        "text": message.text,
        "buttons": [{"title": b.title, "payload": b.payload} for b in message.buttons],
        "author": message.author,
    }
    return body | ({"files": [_file(file) for file in message.files]} if message.files else {})


def _file(file: File) -> dict[str, str]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "content": base64.b64encode(file.content).decode(),
    }
