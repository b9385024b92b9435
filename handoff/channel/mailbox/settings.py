"""Where a mailbox is, and what we sign our ids with."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _address(value: str) -> str:
    if not re.fullmatch(r"[\w.+-]+@[\w.-]+", value, re.ASCII):
        raise ValueError("not an address like sportello@ospedale.it")
    return value.lower()


def _password(value: SecretStr) -> SecretStr:
    if not value.get_secret_value():
        raise ValueError("empty")
    return value


SHORTEST = 16  # characters; below, it could be guessed


def _secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST:
        raise ValueError("at least 16 characters")
    return value


Security = Literal["tls", "starttls", "none"]


class MailboxSettings(BaseSettings):
    address: Annotated[str, AfterValidator(_address)]  # the sender, and whose mail we read
    sender_name: str = "Sportello digitale"
    user: str = ""  # empty: the address
    password: Annotated[SecretStr, AfterValidator(_password)]
    thread_secret: Annotated[SecretStr, AfterValidator(_secret)]  # signs what comes back to us
    imap_host: str
    imap_port: int = 993
    imap_security: Security = "tls"
    smtp_host: str
    smtp_port: int = 465
    smtp_security: Security = "tls"
    folders: str = "INBOX"  # separated by commas
    poll_seconds: float = Field(
        default=60, gt=0, le=600
    )  # a net under IDLE, which must be < 29 min

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        for host, security in (
            (self.imap_host, self.imap_security),
            (self.smtp_host, self.smtp_security),
        ):
            if security == "none" and host not in LOOPBACK:
                raise ValueError("a password never travels in clear: use tls or starttls")
        return self

    @property
    def login(self) -> str:
        return self.user or self.address

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def folder_names(self) -> list[str]:
        return [name.strip() for name in self.folders.split(",") if name.strip()] or ["INBOX"]
