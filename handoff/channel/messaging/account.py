"""The page or profile that citizens write to, and what its platform allows."""

from collections.abc import Callable
from dataclasses import dataclass, field

from handoff.channel.parts import utf16_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    channel: str
    object: str  # what Meta calls the kind of account in its posts: page, instagram
    id: str  # as posts name it
    node: str  # as the Send API names it
    api_url: str
    graph_version: str
    token: str = field(repr=False)
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    app_id: str = ""  # our own app; tells our echoes from an operator's
    token_setting: str = ""  # where an administrator mends the token
    longest: int = 2000  # of one text, by `measure`
    measure: Callable[[str], int] = utf16_units
    names_type: bool = True  # every message says that it is a RESPONSE
    repeats_titles: bool = False  # desktops show no quick replies: say them in the text too
    platform: str = ""  # which of a page's platforms an upload is for; empty: its own
    needed_fields: frozenset[str] = frozenset()  # without them nothing reaches us

    @property
    def url(self) -> str:
        return f"{self.api_url.rstrip('/')}/{self.graph_version}/{self.node}"
