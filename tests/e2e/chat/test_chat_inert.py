"""Whatever stands in a message stays text; only safe addresses become links."""

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.chat.citizen import ChatPage

pytestmark = pytest.mark.e2e

HARMFUL = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<svg onload=window.hacked=1>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<a href='javascript:window.hacked=1'>qui</a>",
    "javascript:window.hacked=1",
    "https://a.it/'onmouseover='window.hacked=1",
    'https://a.it/"><script>window.hacked=1</script>',
    "data:text/html,<script>window.hacked=1</script>",
    "http://insicuro.example/ ftp://a.it vbscript:x",
    "</p></li></ol><style>*{display:none}</style>",
    "{{constructor.constructor('window.hacked=1')()}}",
    "`${window.hacked=1}`",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.hacked=1>",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "\u202e<script>\u2066window.hacked=1",
]
LINKS = [
    ("Scriva a urp@ospedale.example.", ["mailto:urp@ospedale.example"]),
    ("Chiami lo 070 5109 2100 o il 112.", ["tel:+3907051092100", "tel:112"]),
    (
        "+39 070 6092345, 070/6092345, 800 123456",
        ["tel:+390706092345", "tel:+390706092345", "tel:800123456"],
    ),
    ("Il 03/12/2026 e il 03-12-2026, ore 08:00-14:00, CAP 09124, stanza 118", []),
    (
        "Guardi https://www.ospedale.example/orari?giorno=1.",
        ["https://www.ospedale.example/orari?giorno=1"],
    ),
    ("CUP: 1533; Emergency: 112; 拨打 112。", ["tel:1533", "tel:112", "tel:112"]),
    ("La stanza 112, costa 112 €, protocollo 112/2026 del 1533-4, alle 1:112", []),
    (
        "su cupweb.sardegnasalute.it. O www.aoucagliari.it/urp, non a@b.it né http://c.it",
        [
            "https://cupweb.sardegnasalute.it",
            "https://www.aoucagliari.it/urp",
            "mailto:a@b.it",
        ],
    ),
    ("La richiesta URP-26-7K3Q, chiave VV748-P3A0-MAK2", []),
]


@pytest.mark.parametrize("author", ["citizen", "bot", "operator", "system"])
def test_harmful_texts_are_shown_and_do_nothing(citizen: ChatPage, author: str) -> None:
    for text in HARMFUL:
        shown = citizen.shows({"author": author, "author_name": text, "text": text})
        if author == "citizen":
            assert shown.locator(".text").text_content() == text
        assert shown.locator("script, img, svg, iframe, style, table, math").count() == 0
        for link in shown.locator("a").all():
            address = link.get_attribute("href") or ""
            assert address.startswith(("https://", "tel:", "mailto:"))
        assert not [name for name in attributes(shown) if name.startswith("on")]
    assert citizen.page.evaluate("window.hacked") is None


def attributes(shown: Locator) -> list[str]:
    names: list[str] = shown.evaluate(
        "(item) => [...item.querySelectorAll('*')].flatMap((part) => part.getAttributeNames())"
    )
    return names


def test_what_a_citizen_types_comes_back_as_text(citizen: ChatPage) -> None:
    for text in HARMFUL[:4]:
        citizen.says(text)
    citizen.page.reload()
    expect(citizen.page.locator(".message.citizen")).to_have_count(4)
    shown = citizen.page.locator(".message.citizen .text").all_text_contents()
    assert shown == HARMFUL[:4]
    assert citizen.page.evaluate("window.hacked") is None


@pytest.mark.parametrize(("text", "addresses"), LINKS, ids=range(len(LINKS)))
def test_addresses_and_numbers_can_be_followed(
    citizen: ChatPage, text: str, addresses: list[str]
) -> None:
    shown = citizen.shows({"author": "bot", "text": text})
    assert [link.get_attribute("href") for link in shown.locator("a").all()] == addresses


def test_a_link_to_another_site_tells_it_nothing(citizen: ChatPage) -> None:
    link = citizen.messages.first.get_by_role("link").last
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_accessible_name(
        "www.aoucagliari.it/privacy (si apre in una nuova scheda)"
    )


def test_a_citizens_own_words_never_become_links(citizen: ChatPage) -> None:
    shown = citizen.shows({"author": "citizen", "text": "https://a.example 070 6092345"})
    expect(shown.locator("a")).to_have_count(0)


def test_letters_of_another_direction_turn_their_own_bubble_only(citizen: ChatPage) -> None:
    shown = citizen.shows({"author": "operator", "text": "مرحبا"})
    expect(shown.locator(".text")).to_have_attribute("dir", "auto")
    assert citizen.page.evaluate("getComputedStyle(document.body).direction") == "ltr"
