"""Choosing among wards: the hospital stands beside names that two of them share."""

from collections import Counter

from rasa_sdk.executor import CollectingDispatcher

from actions.found import offer
from actions.lookups import Record


def offer_wards(dispatcher: CollectingDispatcher, topic: str, wards: list[Record]) -> None:
    names = Counter(ward["name"] for ward in wards)

    def title(ward: Record) -> str:
        shared = names[ward["name"]] > 1
        return f"{ward['name']}, {ward['site_name']}" if shared else str(ward["name"])

    offer(dispatcher, topic, wards, title=title)
