"""An operator at the panel, and a citizen at the other end of the chat."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import httpx
from playwright.sync_api import Locator, Page, Route, expect

from tests.serving import Serving

PASSWORD = "cavallo batteria graffetta"
PATIENCE = 15_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Office:
    url: str
    service: Serving
    database: str


@dataclass
class Citizen:
    """Writes by the web chat's API."""

    office: Office
    token: str = field(init=False)
    conversation_id: str = field(init=False)
    seq: int = 0

    def __post_init__(self) -> None:
        answer = httpx.post(f"{self.office.url}/api/webchat/sessions")
        self.token = answer.json()["token"]
        self.conversation_id = answer.json()["conversation_id"]

    def says(self, text: str) -> None:
        body = {"client_message_id": str(uuid4()), "text": text}
        self._call("POST", json=body)

    def hears(self, text: str) -> str:
        """Wait until a message holds this text; the whole of it."""
        for _ in range(10):
            messages = self._call("GET", params={"after": self.seq, "wait": 3})["messages"]
            self.seq = max([self.seq, *(message["seq"] for message in messages)])
            for message in messages:
                if text in message["text"]:
                    return str(message["text"])
        raise AssertionError(f"never heard: {text}")

    def asks_for_a_person(self, text: str = "vorrei una persona") -> Self:
        self.says(text)
        self.hears("URP-")
        return self

    def _call(self, method: str, **options: Any) -> dict[str, Any]:
        answer = httpx.request(
            method,
            f"{self.office.url}/api/webchat/messages",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=10,
            **options,
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


class DeskPage:
    """The panel in a browser."""

    def __init__(self, page: Page, office: Office) -> None:
        self.page = page
        self.office = office
        self.queue = page.locator("#queue-list")
        self.log = page.get_by_role("log")
        self.text = page.locator("#text")
        self.live = page.locator("#live")
        page.set_default_timeout(PATIENCE)

    def enters(self, name: str) -> Self:
        self.page.goto(f"{self.office.url}/panel")
        self.page.get_by_label("Indirizzo e-mail").fill(f"{name}@example.it")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Entra").click()
        self.is_live()
        return self

    def is_live(self) -> None:
        expect(self.live).to_have_text("In diretta", timeout=PATIENCE)

    def card(self, words: str) -> Locator:
        return self.queue.locator("li").filter(has_text=words)

    def opens(self, words: str) -> Self:
        self.card(words).get_by_role("link").click()
        expect(self.log).to_contain_text(words)
        return self

    def shows(self, filter_name: str) -> None:
        self.page.locator("#filters").get_by_role("button", name=filter_name).click()

    def button(self, name: str) -> Locator:
        return self.page.locator("#open-head").get_by_role("button", name=name)

    def takes(self) -> Self:
        self.button("Prendi in carico").click()
        expect(self.text).to_be_focused()
        return self

    def answers(self, text: str) -> None:
        self.text.fill(text)
        self.text.press("Control+Enter")
        expect(self.log.locator(".said-operator").last).to_contain_text(text)

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        """Nothing that others do shows here meanwhile."""
        away = True

        def lose(route: Route) -> None:
            if away:
                route.abort()
            else:
                route.fallback()

        self.page.route("**/api/panel/tickets/*", lose)  # its deeper paths are steps
        yield
        away = False

    def closes(self) -> None:
        self.button("Chiudi").click()
        self.page.get_by_role("button", name="Chiudi la richiesta").click()
