"""Settings under which every channel can be built without calling anybody."""

import pytest

SETTINGS = {
    "SPORTELLO_TELEGRAM_TOKEN": "123456:fake-token",
    "SPORTELLO_TELEGRAM_MODE": "webhook",
    "SPORTELLO_TELEGRAM_WEBHOOK_URL": "https://sportello.example.it/webhooks/telegram",
    "SPORTELLO_TELEGRAM_WEBHOOK_SECRET": "s3cret-of-16-letters",
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
    "NO_PROXY": "127.0.0.1",
}


@pytest.fixture(autouse=True)
def channel_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
