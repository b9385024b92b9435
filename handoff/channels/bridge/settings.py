"""What can be configured about the bridge, read from `SPORTELLO_BRIDGE_*`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class BridgeSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_BRIDGE_",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a mistyped secret must not end up in the log
    )

    secret: SecretStr = Field(min_length=32)  # both sides sign with it
    url: str = Field(pattern=r"^https?://[^\s]+$")  # the partner's gateway
    files: bool = False  # whether the partner brings operators' files to its networks
