"""What can be configured about Telegram, read from `SPORTELLO_TELEGRAM_*`."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[\w-]+", value.get_secret_value()):
        raise ValueError("not of the form 123456:ABC that BotFather gives")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    # the characters that setWebhook accepts; shorter than 16 could be guessed
    if not re.fullmatch(r"([A-Za-z0-9_-]{16,256})?", value.get_secret_value()):
        raise ValueError("16 to 256 letters, digits, _ or -")
    return value


class TelegramSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_TELEGRAM_",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a mistyped token must not end up in the log
    )

    token: Annotated[SecretStr, AfterValidator(_token)]
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""  # where Telegram reaches /webhooks/telegram, by https
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = SecretStr("")
    bot_name: str = Field(default="", pattern=r"^(\w{5,32})?$")  # without @: links lead there
    api_url: str = "https://api.telegram.org/bot"  # the token is appended
    files_url: str = "https://api.telegram.org/file/bot"  # the token is appended
    poll_seconds: int = Field(default=25, ge=0, le=50)  # Telegram holds a poll for 50 at most

    @model_validator(mode="after")
    def _webhook_is_complete(self) -> Self:
        if self.mode == "webhook" and not (self.webhook_url and self.webhook_secret):
            raise ValueError(
                "webhook mode needs SPORTELLO_TELEGRAM_WEBHOOK_URL"
                " and SPORTELLO_TELEGRAM_WEBHOOK_SECRET"
            )
        return self
