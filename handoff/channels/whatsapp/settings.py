"""What can be configured about WhatsApp, read from `SPORTELLO_WHATSAPP_*`."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST = 16  # characters; what is shorter could be guessed, or was cut while copying


def _secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST:
        raise ValueError(f"at least {SHORTEST} characters")
    return value


Secret = Annotated[SecretStr, AfterValidator(_secret)]


class WhatsAppSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_WHATSAPP_",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a mistyped token must not end up in the log
    )

    access_token: Secret  # of a system user, which does not expire
    app_secret: Secret  # what Meta signs its posts with
    verify_token: Secret  # chosen by us, repeated by Meta when the webhook is set up
    phone_number_id: str = Field(pattern=r"^\d+$")  # of the number that we write from
    number: str = Field(default="", pattern=r"^(\d{6,15})?$")  # with prefix: links lead there
    business_account_id: str = Field(pattern=r"^\d+$")  # the WABA that the number belongs to
    graph_url: str = Field(default="https://graph.facebook.com", pattern=r"^https?://[^/]+$")
    graph_version: str = Field(default="v25.0", pattern=r"^v\d+\.\d+$")
