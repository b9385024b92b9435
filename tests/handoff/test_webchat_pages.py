"""The chat's pages: nothing inline, nothing foreign, framed only by who may."""

import re
from pathlib import Path

import httpx
import pytest

from handoff.api.pages import WEB
from handoff.settings import Settings

PAGES = sorted(WEB.glob("*.html"))
SCRIPTS = sorted([*WEB.glob("*.js"), *WEB.glob("static/*.js")])


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"frame_ancestors": ("https://www.ospedale.example",)})


def policy(response: httpx.Response) -> dict[str, str]:
    rules = response.headers["content-security-policy"].split(";")
    return {name: value for name, _, value in (rule.strip().partition(" ") for rule in rules)}


async def test_the_chat_runs_our_own_files_only(client: httpx.AsyncClient) -> None:
    rules = policy(await client.get("/chat"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in str(rules)


async def test_the_chat_is_framed_by_the_sites_of_the_settings(
    client: httpx.AsyncClient,
) -> None:
    rules = policy(await client.get("/chat"))
    assert rules["frame-ancestors"] == "'self' https://www.ospedale.example"


async def test_the_bare_address_leads_to_the_chat(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).headers["location"] == "/chat"


async def test_the_demo_page_cannot_be_framed(client: httpx.AsyncClient) -> None:
    assert policy(await client.get("/demo"))["frame-ancestors"] == "'none'"


async def test_other_sites_may_load_the_widget(client: httpx.AsyncClient) -> None:
    response = await client.get("/widget.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_every_file_that_a_page_names_is_served(client: httpx.AsyncClient) -> None:
    for page in PAGES:
        for address in re.findall(r'(?:src|href)="(/[^"]+)"', page.read_text("utf-8")):
            assert (await client.get(address)).status_code == 200, address


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_nothing_inline(page: Path) -> None:
    html = page.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_never_makes_markup_from_text(script: Path) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc",
        script.read_text("utf-8"),
    )


def test_the_chats_style_is_small() -> None:
    assert (WEB / "static" / "chat.css").stat().st_size <= 10_000
