"""What can be configured about X, read from `SPORTELLO_X_*`."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Secret = Annotated[SecretStr, Field(min_length=16)]  # shorter could be guessed


class XSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_X_",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a mistyped token must not end up in the log
    )

    account_id: str = Field(pattern=r"^[0-9]{1,20}$")  # the number of our account, not its name
    consumer_key: Secret
    consumer_secret: Secret  # signs what X posts to us, and with the other three what we send
    access_token: Secret
    access_token_secret: Secret
    bearer_token: Secret  # the app's own: asks after webhook and subscriptions
    webhook_url: str  # as registered with X: https, no port, ends in /webhooks/x
    # the Account Activity API that X gives up: its subscriptions are listed elsewhere
    account_activity: bool = False
    api_url: str = "https://api.x.com"
    media_url: str = "https://ton.twitter.com"
