"""Settings under which every channel can be built without calling anybody."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI

from tests.postgres import free_port

SETTINGS = {
    "SPORTELLO_TELEGRAM_TOKEN": "123456:fake-token",
    "SPORTELLO_TELEGRAM_MODE": "webhook",
    "SPORTELLO_TELEGRAM_WEBHOOK_URL": "https://sportello.example.it/webhooks/telegram",
    "SPORTELLO_TELEGRAM_WEBHOOK_SECRET": "s3cret-of-16-letters",
    "SPORTELLO_X_ACCOUNT_ID": "1111",
    "SPORTELLO_X_CONSUMER_KEY": "x-consumer-key-of-x",
    "SPORTELLO_X_CONSUMER_SECRET": "x-consumer-secret-of-x",
    "SPORTELLO_X_ACCESS_TOKEN": "1111-access-token-of-x",
    "SPORTELLO_X_ACCESS_TOKEN_SECRET": "access-token-secret-of-x",
    "SPORTELLO_X_BEARER_TOKEN": "bearer-token-of-x",
    "SPORTELLO_X_WEBHOOK_URL": "https://sportello.example.it/webhooks/x",
    "SPORTELLO_BRIDGE_SECRET": "bridge-secret-of-32-letters-or-more",
    "SPORTELLO_BRIDGE_URL": "https://gateway.example.org/sportello",
    "SPORTELLO_MESSENGER_PAGE_ID": "1001",
    "SPORTELLO_MESSENGER_PAGE_TOKEN": "fake-page-token-of-meta",
    "SPORTELLO_MESSENGER_APP_SECRET": "fake-app-secret-of-meta",
    "SPORTELLO_MESSENGER_VERIFY_TOKEN": "fake-verify-token-of-ours",
    "SPORTELLO_MESSENGER_APP_ID": "77",
    "SPORTELLO_INSTAGRAM_ACCOUNT_ID": "2002",
    "SPORTELLO_INSTAGRAM_TOKEN": "fake-profile-token-of-meta",
    "SPORTELLO_INSTAGRAM_APP_SECRET": "fake-app-secret-of-meta,fake-second-secret-of-meta",
    "SPORTELLO_INSTAGRAM_VERIFY_TOKEN": "fake-verify-token-of-ours",
    "SPORTELLO_INSTAGRAM_APP_ID": "77",
    "SPORTELLO_EMAIL_ADDRESS": "sportello@ospedale.example",
    "SPORTELLO_EMAIL_PASSWORD": "fake-password",
    "SPORTELLO_EMAIL_THREAD_SECRET": "s3cret-of-threads-",
    "SPORTELLO_EMAIL_IMAP_HOST": "imap.ospedale.example",
    "SPORTELLO_EMAIL_SMTP_HOST": "smtp.ospedale.example",
    "SPORTELLO_PEC_ADDRESS": "urp@pec.ospedale.example",
    "SPORTELLO_PEC_PASSWORD": "fake-password",
    "SPORTELLO_PEC_THREAD_SECRET": "s3cret-of-threads-",
    "SPORTELLO_PEC_IMAP_HOST": "imap.pec.example",
    "SPORTELLO_PEC_SMTP_HOST": "smtp.pec.example",
    "PTB_TIMEDELTA": "1",
    "SPORTELLO_WHATSAPP_ACCESS_TOKEN": "fake-token-of-whatsapp",
    "SPORTELLO_WHATSAPP_APP_SECRET": "fake-secret-of-the-app",
    "SPORTELLO_WHATSAPP_VERIFY_TOKEN": "fake-word-that-we-chose",
    "SPORTELLO_WHATSAPP_PHONE_NUMBER_ID": "1122",
    "SPORTELLO_WHATSAPP_BUSINESS_ACCOUNT_ID": "3344",
    "NO_PROXY": "127.0.0.1",
}


@pytest.fixture(autouse=True)
def channel_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def service(app: FastAPI, port: int) -> AsyncIterator[FastAPI]:
    """The app with its workers, on a socket that providers can reach."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, lifespan="off", log_config=None, ws="none")
    )
    serving = asyncio.create_task(server.serve())
    yield app
    server.should_exit = True
    await serving
