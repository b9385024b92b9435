"""Files in Telegram's messages: which of them we can take, and where they are fetched."""

from typing import Any, Literal

from handoff.channel import Attachment
from handoff.channel.webhook import clean

# An animation comes with a document too: the first that is there is the file.
FILES: dict[str, Literal["image", "audio", "video", "file"]] = {
    "animation": "video",
    "document": "file",
    "photo": "image",
    "voice": "audio",
    "audio": "audio",
    "video": "video",
    "video_note": "video",
}
USUAL = {"photo": "image/jpeg", "voice": "audio/ogg", "video_note": "video/mp4"}


def files_of(content: dict[str, Any]) -> tuple[Attachment, ...]:
    """At most one: an album is several messages. What has no file id is left out."""
    for name, kind in FILES.items():
        found = content.get(name)
        if name == "photo" and isinstance(found, list):
            found = found[-1] if found else None  # the largest is the last
        if isinstance(found, dict) and isinstance(found.get("file_id"), str):
            size = found.get("file_size")
            return (
                Attachment(
                    kind=kind,
                    name=clean(found.get("file_name")),
                    media_type=clean(found.get("mime_type")) or USUAL.get(name, ""),
                    size=size if isinstance(size, int) else None,
                    reference=found["file_id"],
                ),
            )
    return ()
