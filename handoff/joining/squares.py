"""A code as QR codes, for a telephone beside the screen: drawn while its text may be read."""

from collections.abc import Iterable, Mapping
from typing import Any

import segno

from handoff.tables import KEY, Message

SQUARES = "qr"  # in a message's trace: what each holds, with KEY where the code belongs


def to_draw(invitations: Iterable[tuple[str, str]], words: str) -> dict[str, Any]:
    """Kept beside the message: an address each, by the channel's title, or else the words."""
    held = [{"title": title, "holds": link} for title, link in invitations]
    return {SQUARES: held or [{"title": "", "holds": words}]}


def squares(message: Message) -> list[dict[str, str]]:
    """`title` of the channel that each opens, if any, and `image`: an SVG as a `data:` address.

    None once the code was shown: no copy of it is kept anywhere.
    """
    if message.secret is None:
        return []
    held: list[Mapping[str, str]] = message.trace.get(SQUARES, [])
    return [
        {"title": each["title"], "image": _drawn(each["holds"].replace(KEY, message.secret))}
        for each in held
    ]


def _drawn(text: str) -> str:
    """Black on white with the quiet border that readers need, in the light and in the dark."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_data_uri(border=4, light="#fff", svgclass=None, lineclass=None)
