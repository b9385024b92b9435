"""A scripted conversation for every topic and every form, with the trained bot, over HTTP."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from handoff.safety import Safety, newest_ear
from handoff.settings import ROOT
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e
TALKS = Path(__file__).parent / "talks"
# "Sono stanca" and "ho perso tutto" may be despair: a person looks, which is no harm
MOST_ALARMED = 0.03
REQUEST = re.compile(r"URP-\d\d-[0-9A-Z]{4}")
Turn = dict[str, Any]


def talks() -> dict[str, list[Turn]]:
    found: dict[str, list[Turn]] = {}
    for file in sorted(TALKS.glob("*.yml")):
        found |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def catalogue() -> set[str]:
    files = (ROOT / "data" / "knowledge").glob("*.yml")
    return {topic for file in files for topic in yaml.safe_load(file.read_text(encoding="utf-8"))}


class Visitor:
    """A citizen in the web chat, without a browser."""

    def __init__(self, http: httpx.Client) -> None:
        opened = http.post("/api/webchat/sessions").raise_for_status().json()
        self.http = http
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.seq = opened["messages"][-1]["seq"]

    def takes(self, turn: Turn) -> list[Turn]:
        """What answers the turn, once the final message is there."""
        said = {"payload": turn["presses"]} if "presses" in turn else {"text": turn["says"]}
        sent = self.http.post(
            "/api/webchat/messages",
            json={"client_message_id": str(uuid4()), **said},
            headers=self.headers,
        )
        assert sent.status_code == 202, sent.text
        return [each for each in self._until_final(sent.json()["id"])]

    def _until_final(self, message_id: str) -> Iterator[Turn]:
        for _ in range(20):
            page = self.http.get(
                "/api/webchat/messages",
                params={"after": self.seq, "wait": 5},
                headers=self.headers,
            ).json()["messages"]
            for message in page:
                self.seq = message["seq"]
                if message["reply_to"] == message_id:
                    yield message
                    if message["final"]:
                        return
        raise AssertionError("no final answer")


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Visitor]:
    with httpx.Client(base_url=stack.base_url, timeout=30) as http:
        yield Visitor(http)


def test_every_topic_of_the_catalogue_has_its_conversation() -> None:
    assert {name.partition(" ")[0] for name in talks()} == catalogue()


@pytest.mark.parametrize("name", talks())
def test_the_conversation_goes_as_written(visitor: Visitor, name: str) -> None:
    for turn in talks()[name]:
        heard = visitor.takes(turn)
        topics = [message["topic"] for message in heard]
        assert len(topics) == len(turn["hears"]), (turn, topics)
        for topic, wanted in zip(topics, turn["hears"], strict=True):
            assert topic in (wanted if isinstance(wanted, list) else [wanted]), (turn, topics)
        text = "\n".join(message["text"] for message in heard)
        assert re.search(turn.get("reads", ""), text), (turn, text)
        assert "{" not in text, (turn, text)
        if turn.get("ticket"):
            assert REQUEST.search(text), (turn, text)


def test_what_is_said_within_a_talk_raises_hardly_an_alarm() -> None:
    """Replies out of their place ("mio figlio", "tutte e due"): the ear heard despair in them."""
    safety = Safety.load(ROOT / "data", ear=newest_ear(ROOT / "models"))
    replies = (TALKS / "replies.txt").read_text(encoding="utf-8").splitlines()
    alarmed = [reply for reply in replies if safety.look(reply)]
    assert len(alarmed) / len(replies) <= MOST_ALARMED, alarmed
