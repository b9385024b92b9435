"""A citizen at the chat page."""

import re
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.fake_bot import FakeBot
from tests.serving import Serving

PARKING = "dove posso parcheggiare?"


@dataclass(frozen=True, slots=True)
class Office:
    url: str
    service: Serving
    bot: FakeBot


class ChatPage:
    def __init__(self, page: Page, office: Office) -> None:
        self.page = page
        self.office = office
        self.text = page.get_by_label("Scriva il suo messaggio")
        self.log = page.get_by_role("log")
        self.messages = page.locator(".message")
        self.answers = page.locator(".message.bot")
        self.status = page.get_by_role("status")
        self.end = page.get_by_role("button", name="Termina e cancella da questo dispositivo")

    def opens(self) -> Self:
        self.page.goto(f"{self.office.url}/chat")
        expect(self.messages.first).to_contain_text("112")
        expect(self.end.first).to_be_visible()
        return self

    def says(self, text: str) -> Locator:
        self.text.fill(text)
        self.text.press("Enter")
        return self.messages.filter(has_text=text).last

    def asks(self, text: str = PARKING) -> None:
        """Say it and read an answer more than before."""
        before = self.answers.count()
        self.says(text)
        expect(self.answers).to_have_count(before + 1)

    def texts(self) -> list[str]:
        return self.page.locator(".message .text").all_inner_texts()

    def numbers(self) -> list[int]:
        """The seq of each message, from top to bottom."""
        return [int(item.get_attribute("data-seq") or 0) for item in self.messages.all()]

    @property
    def token(self) -> str:
        return str(self.page.evaluate("localStorage.getItem('sportello.token')"))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def stored(self) -> list[dict[str, Any]]:
        """What the server knows of the conversation."""
        url = f"{self.office.url}/api/webchat/messages"
        messages: list[dict[str, Any]] = httpx.get(url, headers=self.headers).json()["messages"]
        return messages

    def writes_elsewhere(self, text: str) -> None:
        """The same conversation, from another window."""
        body = {"client_message_id": str(uuid4()), "text": text}
        url = f"{self.office.url}/api/webchat/messages"
        httpx.post(url, json=body, headers=self.headers).raise_for_status()

    def shows(self, message: dict[str, Any]) -> Locator:
        """Draw a message as if the server had sent it."""
        number = self.messages.count()
        self.page.evaluate(
            """async (message) => {
              const { bubble } = await import("/static/chat/bubble.js");
              document.getElementById("messages").append(bubble(message));
            }""",
            {"created_at": "2026-11-23T10:00:00+00:00", "buttons": [], **message},
        )
        return self.messages.nth(number)


def state(message: Locator, word: str) -> None:
    expect(message.locator(".state")).to_have_text(re.compile(word))
