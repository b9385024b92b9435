"""Settings under which every channel can be built without calling anybody."""

import pytest

SETTINGS = {
    "SPORTELLO_TELEGRAM_TOKEN": "123456:fake-token",
    "SPORTELLO_TELEGRAM_MODE": "webhook",
    "SPORTELLO_TELEGRAM_WEBHOOK_URL": "https://sportello.example.it/webhooks/telegram",
    "SPORTELLO_TELEGRAM_WEBHOOK_SECRET": "s3cret-of-16-letters",
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
    "PTB_TIMEDELTA": "1",
    "NO_PROXY": "127.0.0.1",
}


@pytest.fixture(autouse=True)
def channel_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
