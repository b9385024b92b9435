"""Settings under which every channel can be built without calling anybody."""

import pytest

SETTINGS = {
    "SPORTELLO_TELEGRAM_TOKEN": "123456:fake-token",
    "SPORTELLO_TELEGRAM_MODE": "webhook",
    "SPORTELLO_TELEGRAM_WEBHOOK_URL": "https://sportello.example.it/webhooks/telegram",
    "SPORTELLO_TELEGRAM_WEBHOOK_SECRET": "s3cret-of-16-letters",
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
