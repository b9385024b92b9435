"""Everything that can be configured, read once from `SPORTELLO_*` (see .env.example)."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).parents[1]
Secret = Annotated[SecretStr, Field(min_length=32)]  # an empty secret would let anyone in
MetricsToken = Annotated[SecretStr, Field(min_length=16)]
Words = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SPORTELLO_", env_ignore_empty=True)

    database_url: str = f"sqlite+aiosqlite:///{ROOT / 'var' / 'sportello.db'}"
    data: Path = ROOT / "data"
    models: Path = ROOT / "models"
    var: Path = ROOT / "var"  # where versions of the model are made
    bot_url: Annotated[Words, Field(min_length=1)] = ("http://127.0.0.1:5005",)
    actions_url: str = "http://127.0.0.1:5055/webhook"
    bot_timeout: float = Field(default=5.0, gt=0)  # seconds; the door caps itself at 4
    bot_token: Secret
    internal_token: Secret
    channels: Words = ("webchat", "desk", "phone")
    limits: bool = True
    workers: int = Field(default=16, ge=0)  # 0: workers run apart, by `handoff worker`
    stop_within: float = Field(default=20.0, gt=0)  # seconds for what runs, when asked to stop
    log_format: Literal["", "json", "text"] = ""  # empty: as fits where it is written
    metrics_port: int = Field(default=0, ge=0, le=65535)  # of workers that run apart; 0: none
    metrics_token: MetricsToken | None = None
    port: int = 8000
    host: str = "127.0.0.1"
    public_url: str = "http://localhost:8000"
    privacy_url: str = "https://www.aoucagliari.it/privacy"
    privacy_version: str = Field(default="1", max_length=32)
    frame_ancestors: Words = ()
    secure_cookies: bool = False
    clamav_url: str = Field(default="", pattern=r"^(tcp://[^/:@\s]+:\d+)?$")  # empty: no scanner
    low_disk: float = Field(default=0.1, ge=0, le=1)  # share that is free: below, no more files
    admin_email: str = ""
    admin_password: SecretStr = SecretStr("")

    @field_validator("bot_url", "channels", "frame_ancestors", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(word.strip() for word in value.split(",") if word.strip())

    @field_validator("bot_token", "internal_token")
    @classmethod
    def _expanded(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value().startswith("${"):
            raise ValueError("the variable was not expanded")
        return value
