"""Every citizen's side by its channel, the providers behind them, the settings that lead there."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx

from tests import fake_bridge
from tests.channels.conftest import SETTINGS
from tests.fake_bridge import FakeBridge
from tests.fake_imap import FakeImap
from tests.fake_meta import INSTAGRAM, MESSENGER, FakeMeta
from tests.fake_smtp import FakeSmtp
from tests.fake_telegram import FakeTelegram
from tests.fake_whatsapp import FakeWhatsApp
from tests.fake_x import FakeX
from tests.journey.base import Side
from tests.journey.letters import Email, Pec
from tests.journey.meta import Instagram, Messenger, WhatsApp
from tests.journey.talks import Bridge, Telegram, WebChat, X

SIDES: tuple[type[Side], ...] = (
    *(WebChat, Telegram, WhatsApp, Messenger, Instagram),
    *(X, Email, Pec, Bridge),
)
NAMES = tuple(side.name for side in SIDES)
BY_HAND = ("desk", "phone")  # what operators write down themselves


@contextmanager
def providers() -> Iterator[dict[str, Any]]:
    """Every provider's fake, started: by the name of its channel."""
    with ExitStack() as stack:
        start = stack.enter_context
        yield {
            "telegram": start(FakeTelegram()),
            "whatsapp": start(FakeWhatsApp()),
            "messenger": start(FakeMeta(MESSENGER)),
            "instagram": start(FakeMeta(INSTAGRAM)),
            "x": start(FakeX()),
            "email": (start(FakeImap()), start(FakeSmtp())),
            "pec": (start(FakeImap()), start(FakeSmtp())),
            "bridge": start(FakeBridge()),
        }


def environment(fakes: dict[str, Any]) -> dict[str, str]:
    """Settings that lead every channel to its fake."""
    return SETTINGS | {
        "SPORTELLO_CHANNELS": ",".join((*NAMES, *BY_HAND)),
        "SPORTELLO_TELEGRAM_MODE": "polling",
        "SPORTELLO_TELEGRAM_API_URL": fakes["telegram"].api_url,
        "SPORTELLO_WHATSAPP_GRAPH_URL": fakes["whatsapp"].url,
        "SPORTELLO_MESSENGER_API_URL": fakes["messenger"].api_url,
        "SPORTELLO_INSTAGRAM_API_URL": fakes["instagram"].api_url,
        "SPORTELLO_X_API_URL": fakes["x"].url,
        "SPORTELLO_BRIDGE_URL": fakes["bridge"].url,
        "SPORTELLO_BRIDGE_SECRET": fake_bridge.SECRET,
        **_mailbox("EMAIL", *fakes["email"]),
        **_mailbox("PEC", *fakes["pec"]),
    }


def _mailbox(name: str, imap: FakeImap, smtp: FakeSmtp) -> dict[str, str]:
    return {
        f"SPORTELLO_{name}_{setting}": value
        for setting, value in {
            "IMAP_HOST": "127.0.0.1",
            "IMAP_PORT": str(imap.port),
            "IMAP_SECURITY": "none",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(smtp.port),
            "SMTP_SECURITY": "none",
            "POLL_SECONDS": "5",
        }.items()
    }


def citizens(http: httpx.AsyncClient, fakes: dict[str, Any]) -> list[Side]:
    """One on every channel; `http` leads to the service."""
    return [side.at(http, fakes.get(side.name)) for side in SIDES]
