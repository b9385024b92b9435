"""kill -9 between the 202 and the answer: no message is lost, none is answered twice."""

import random
import time
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import make_url

from tests import serving
from tests.fake_bot import FakeBot
from tests.postgres import free_port

KILLS = {"sqlite": 6, "postgresql": 3}
MANY = {"sqlite": 50, "postgresql": 10}
PER_KILL = 3  # messages accepted before each kill
PATIENCE = 60.0  # seconds


@pytest.mark.parametrize(
    "how_often",
    [
        pytest.param(KILLS, marks=pytest.mark.slow, id="a-few"),
        pytest.param(MANY, marks=pytest.mark.torture, id="many"),
    ],
)
def test_every_accepted_message_has_exactly_one_final_answer(
    database_url: str, fake_bot: FakeBot, how_often: dict[str, int]
) -> None:
    kills = how_often[make_url(database_url).get_backend_name()]
    chance = random.Random(112)
    fake_bot.delay = 0.02  # seconds; so that kills fall before, during and after the bot's part
    port = free_port()
    service = serving.handoff(
        port=port, database_url=database_url, bot_url=fake_bot.url, SPORTELLO_LIMITS="off"
    )
    accepted: set[str] = set()
    address = f"http://127.0.0.1:{port}"
    with serving.running(service), httpx.Client(base_url=address, timeout=30) as http:
        citizen = WebCitizen(http)
        for _ in range(kills):
            accepted |= {citizen.says("dove posso parcheggiare?") for _ in range(PER_KILL)}
            time.sleep(chance.uniform(0, 0.1))  # the moment of the kill is what is tried
            service.kill()
            service.start()
            service.wait_until_alive()
        finals = citizen.finals_of(accepted)
    assert len(accepted) == kills * PER_KILL
    assert finals == dict.fromkeys(accepted, 1)


class WebCitizen:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        token = self._http.post("/api/webchat/sessions").json()["token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def says(self, text: str) -> str:
        body = {"client_message_id": str(uuid4()), "text": text}
        response = self._http.post("/api/webchat/messages", json=body)
        assert response.status_code == httpx.codes.ACCEPTED
        message_id: str = response.json()["id"]
        return message_id

    def finals_of(self, accepted: set[str]) -> dict[str, int]:
        """How many final answers each message has, once each has one."""
        finals: dict[str, int] = {}
        deadline = time.monotonic() + PATIENCE
        after = 0
        while accepted - finals.keys() and time.monotonic() < deadline:
            address = f"/api/webchat/messages?after={after}&wait=5"
            for message in self._http.get(address).json()["messages"]:
                after = message["seq"]
                if message["final"]:
                    finals[message["reply_to"]] = finals.get(message["reply_to"], 0) + 1
        return finals
