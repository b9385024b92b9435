"""What citizens read of a channel: never an address, never a name."""

from handoff.knowledge import Knowledge, UnknownWords

TITLES = "canale"  # the entry whose variants they are


def title_of(knowledge: Knowledge, channel: str) -> str:
    """The approved name of the channel, or «un altro canale»."""
    try:
        return knowledge.wording(f"{TITLES}.{channel}").text
    except UnknownWords:
        return knowledge.wording(TITLES).text
