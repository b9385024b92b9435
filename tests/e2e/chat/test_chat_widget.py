"""The widget on somebody else's site: one tag, a frame of our own, no power over either."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.e2e.chat.citizen import PARKING, Office
from tests.postgres import free_port

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]


class Site:
    """A site with a policy of its own that carries our tag."""

    def __init__(self, port: int, chat: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        policy = f"default-src 'none'; script-src {chat}; frame-src {chat}; img-src data:"
        page = (
            "<!doctype html><html lang=it><meta charset=utf-8><title>Sito</title>"
            "<meta name=viewport content='width=device-width'><link rel=icon href='data:,'>"
            f"<main><h1>Sito</h1><a href='#'>Altro</a></main><script src='{chat}/widget.js' async>"
            "</script></html>"
        ).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> "Site":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def site(office: Office, host_port: int) -> Iterator[Site]:
    with Site(host_port, office.url) as site:
        yield site


class Visitor:
    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        page.goto(site.url)
        self.launcher: Locator = page.get_by_role("button", name="Scriva allo Sportello")
        self.dialog = page.get_by_role("dialog", name="Chat dello Sportello")

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe[title='Chat dello Sportello']")

    def opens(self) -> None:
        self.launcher.click()
        expect(self.chat.get_by_role("log")).to_contain_text("112")


@pytest.fixture
def visitor(site: Site, quiet_page: NewPage) -> Visitor:
    return Visitor(quiet_page(viewport={"width": 1280, "height": 800}), site)


def test_nothing_is_loaded_before_somebody_asks(visitor: Visitor) -> None:
    expect(visitor.launcher).to_have_attribute("aria-expanded", "false")
    assert visitor.page.locator("iframe").count() == 0


def test_a_visitor_asks_and_is_answered(visitor: Visitor) -> None:
    visitor.opens()
    field = visitor.chat.get_by_label("Scriva il suo messaggio")
    field.fill(PARKING)
    field.press("Enter")
    expect(visitor.chat.locator(".message.bot")).to_have_count(1)


def test_to_open_moves_the_focus_in_and_escape_brings_it_back(visitor: Visitor) -> None:
    visitor.launcher.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.chat.get_by_label("Scriva il suo messaggio")).to_be_focused()
    expect(visitor.launcher).to_have_attribute("aria-expanded", "true")
    visitor.page.keyboard.press("Escape")
    expect(visitor.dialog).to_be_hidden()
    expect(visitor.launcher).to_be_focused()
    expect(visitor.launcher).to_have_attribute("aria-expanded", "false")


def test_the_conversation_waits_while_the_widget_is_closed(visitor: Visitor) -> None:
    visitor.opens()
    token = visitor.page.frames[1].evaluate("localStorage.getItem('sportello.token')")
    visitor.page.get_by_role("button", name="Chiudi la chat").click()
    write(visitor.page, token)
    expect(visitor.page.get_by_role("button", name="1 messaggio nuovo")).to_be_visible()
    visitor.page.get_by_role("button", name="1 messaggio nuovo").click()
    expect(visitor.chat.locator(".message.bot")).to_have_count(1)
    expect(visitor.launcher).to_have_accessible_name("Scriva allo Sportello")


def write(page: Page, token: str) -> None:
    """The same citizen writes from another device."""
    body = {"client_message_id": str(uuid4()), "text": PARKING}
    url = f"{page.frames[1].url.removesuffix('/chat')}/api/webchat/messages"
    headers = {"Authorization": f"Bearer {token}"}
    httpx.post(url, json=body, headers=headers).raise_for_status()


def test_on_a_phone_it_fills_the_screen_and_keeps_the_focus(
    site: Site, quiet_page: NewPage
) -> None:
    visitor = Visitor(quiet_page(viewport={"width": 390, "height": 844}), site)
    visitor.opens()
    box = visitor.dialog.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert visitor.dialog.evaluate("(dialog) => dialog.matches(':modal')")
    visitor.page.get_by_role("button", name="Chiudi la chat").click()
    expect(visitor.launcher).to_be_focused()


def test_words_of_other_windows_are_ignored(visitor: Visitor) -> None:
    visitor.opens()
    visitor.page.evaluate(
        """() => {
          window.postMessage({ source: "sportello", kind: "close" }, "*");
          window.postMessage({ source: "sportello", kind: "unread", count: 7 }, "*");
        }"""
    )
    visitor.page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(visitor.dialog).to_be_visible()
    expect(visitor.launcher).to_have_accessible_name("Scriva allo Sportello")


def test_the_site_around_cannot_read_the_conversation(visitor: Visitor) -> None:
    visitor.opens()
    read = """() => {
      const root = document.getElementById("sportello-chat").shadowRoot;
      return root.querySelector("iframe").contentDocument;
    }"""
    assert visitor.page.evaluate(read) is None
    assert visitor.page.evaluate("localStorage.length") == 0


def test_a_site_that_is_not_named_cannot_frame_the_chat(office: Office, new_page: NewPage) -> None:
    with Site(free_port(), office.url) as stranger:
        page = new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        visitor = Visitor(page, stranger)
        with page.expect_console_message(lambda m: "frame-ancestors" in m.text):
            visitor.launcher.click()
    assert re.search("frame-ancestors", " ".join(refused))


def test_the_tag_twice_makes_one_button(visitor: Visitor, office: Office) -> None:
    visitor.page.add_script_tag(url=f"{office.url}/widget.js")
    expect(visitor.launcher).to_have_count(1)


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_closed_or_open(site: Site, new_page: NewPage, width: int) -> None:
    visitor = Visitor(new_page(viewport={"width": width, "height": 700}), site)
    for _ in ("closed", "open"):
        found = Axe().run(visitor.page, options={"resultTypes": ["violations"]})
        assert [fault["id"] for fault in found.response["violations"]] == []
        if not visitor.dialog.is_visible():
            visitor.opens()


def test_the_demo_page_carries_the_widget(office: Office, quiet_page: NewPage) -> None:
    page = quiet_page()
    page.goto(f"{office.url}/demo")
    page.get_by_role("button", name="Scriva allo Sportello").click()
    chat = page.frame_locator("iframe[title='Chat dello Sportello']")
    expect(chat.get_by_role("log")).to_contain_text("112")
