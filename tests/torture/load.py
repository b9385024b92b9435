"""Citizens who write and an operator who answers, all of them as patient as people are."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.fake_telegram import BROKEN, DROP, FakeTelegram, Fault, flood

QUESTIONS = (
    *("dove posso parcheggiare?",) * 6,
    *("dove si fanno i prelievi?",) * 6,
    *("forse il parcheggio o forse no",) * 2,
    *("xyzzy quux",) * 1,
    *("voglio parlare con una persona",) * 2,
)
EMERGENCY = "mio padre ha un infarto in corso"
EMERGENCIES = 0.04  # of all messages
REPEATS = 0.1  # of all messages come twice
FAULTS: tuple[Fault | None, ...] = (
    *(None,) * 20,
    flood(1),
    BROKEN,
    DROP,
    Fault(manner="drop", happens=True),
)
ANSWERS_WITHIN = 10.0  # seconds; a request that takes longer is made again
PAUSE = 0.2  # seconds between two tries


@dataclass
class Load:
    """What was accepted, as citizens know it."""

    url: str
    chance: Random
    over: threading.Event = field(default_factory=threading.Event)
    accepted: dict[str, str] = field(default_factory=dict)  # web chat: id → conversation
    emergencies: set[str] = field(default_factory=set)  # ids
    pushed: int = 0  # updates of Telegram, each once
    refused: Counter[int] = field(default_factory=Counter)  # statuses; 0: nobody answered
    broken: list[str] = field(default_factory=list)  # promises that a citizen saw broken
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, who: Callable[["Load", Random], None]) -> None:
        chance = Random(self.chance.random())
        thread = threading.Thread(target=self._run, args=(who, chance), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _run(self, who: Callable[["Load", Random], None], chance: Random) -> None:
        try:
            who(self, chance)
        except Exception as error:
            self.broken.append(f"{who.__name__}: {type(error).__name__}: {error}")

    def end(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)

    def call(self, http: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
        """Until somebody answers; a refusal that is no fault of ours ends the test."""
        while True:
            try:
                response = http.request(method, path, **more)
            except httpx.HTTPError:
                self.refused[0] += 1
            else:
                if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return response
                self.refused[response.status_code] += 1
            time.sleep(PAUSE)


def web_citizen(load: Load, chance: Random) -> None:
    with httpx.Client(base_url=load.url, timeout=ANSWERS_WITHIN, trust_env=False) as http:
        opened = load.call(http, "POST", "/api/webchat/sessions").json()
        http.headers["Authorization"] = f"Bearer {opened['token']}"
        after = 0
        while not load.over.wait(chance.uniform(0.2, 1.5)):
            _say(load, http, chance, opened["conversation_id"])
            after = _read(load, http, after)


def _say(load: Load, http: httpx.Client, chance: Random, conversation_id: str) -> None:
    is_urgent = chance.random() < EMERGENCIES
    text = EMERGENCY if is_urgent else chance.choice(QUESTIONS)
    key = str(UUID(int=chance.getrandbits(128), version=4))
    for _ in range(2 if chance.random() < REPEATS else 1):
        body = {"client_message_id": key, "text": text}
        response = load.call(http, "POST", "/api/webchat/messages", json=body)
        if response.status_code != httpx.codes.ACCEPTED:
            raise AssertionError(f"refused with {response.status_code}")
        id = response.json()["id"]
        load.accepted[id] = conversation_id
        if is_urgent:
            load.emergencies.add(id)


def _read(load: Load, http: httpx.Client, after: int) -> int:
    """What is new, without a gap and with no number twice."""
    path = f"/api/webchat/messages?after={after}"
    messages = load.call(http, "GET", path).json()["messages"]
    seqs = [message["seq"] for message in messages]
    if seqs != list(range(after + 1, after + 1 + len(seqs))):
        load.broken.append(f"a citizen read the numbers {seqs} after {after}")
    return seqs[-1] if seqs else after


def telegram_citizens(provider: FakeTelegram) -> Callable[[Load, Random], None]:
    """Several chats; Telegram brings some updates twice, and is not always well itself."""
    numbers = count(1)

    def telegram(load: Load, chance: Random) -> None:
        while not load.over.wait(chance.uniform(0.2, 0.8)):
            text = EMERGENCY if chance.random() < EMERGENCIES else chance.choice(QUESTIONS)
            update = provider.write(f"{text} ({next(numbers)})", chat=chance.randint(1, 6))
            load.pushed += 1
            if chance.random() < REPEATS:
                provider.push(dict(update))
            provider.fail("sendMessage", chance.choice(FAULTS))

    return telegram


def operator(email: str, password: str) -> Callable[[Load, Random], None]:
    """Takes what is open, answers, and closes it or hands it back."""

    def operator(load: Load, chance: Random) -> None:
        with httpx.Client(base_url=load.url, timeout=ANSWERS_WITHIN, trust_env=False) as http:
            login = {"email": email, "password": password}
            csrf = load.call(http, "POST", "/api/panel/login", json=login).json()["csrf"]
            http.headers["X-CSRF-Token"] = csrf
            while not load.over.wait(chance.uniform(0.2, 1.0)):
                for state in ("taken", "open"):
                    path = f"/api/panel/tickets?state={state}"
                    tickets = load.call(http, "GET", path).json()["tickets"]
                    for ticket in tickets[:3]:
                        _see_to(load, http, chance, ticket["id"])

    return operator


def _see_to(load: Load, http: httpx.Client, chance: Random, id: str) -> None:
    """An answer that got lost may have been heard: then the next step says what is so."""
    last = chance.choice(("close", "close", "hand-back"))
    for step, body in (("take", {}), ("reply", {"text": "Ecco."}), (last, {})):
        ticket = load.call(http, "GET", f"/api/panel/tickets/{id}").json()
        path = f"/api/panel/tickets/{id}/{step}"
        load.call(http, "POST", path, json={"version": ticket["version"], **body})
