"""Facebook Messenger: what citizens write to the hospital's page."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from handoff.channel.messaging import Account, MessagingChannel

Secret = Annotated[SecretStr, Field(min_length=16)]


class MessengerSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_MESSENGER_",
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    page_id: str = Field(pattern=r"^\d+$")
    page_token: Secret
    app_secret: Secret
    verify_token: Secret  # ours: the app's dashboard asks for it beside the webhook's address
    app_id: str = Field(default="", pattern=r"^\d*$")
    api_url: str = "https://graph.facebook.com"
    graph_version: str = Field(default="v25.0", pattern=r"^v\d+\.\d+$")


class Messenger(MessagingChannel):
    name = "messenger"
    title = "Messenger"
    takes_files = True


def account(settings: MessengerSettings) -> Account:
    return Account(
        channel=Messenger.name,
        object="page",
        id=settings.page_id,
        node=settings.page_id,
        api_url=settings.api_url,
        graph_version=settings.graph_version,
        token=settings.page_token.get_secret_value(),
        app_secrets=(settings.app_secret.get_secret_value(),),
        verify_token=settings.verify_token.get_secret_value(),
        app_id=settings.app_id,
        token_setting="SPORTELLO_MESSENGER_PAGE_TOKEN",
        needed_fields=frozenset({"messages", "messaging_postbacks"}),
    )


def channel() -> Messenger:
    return Messenger(account(MessengerSettings()))
