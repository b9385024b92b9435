"""Instagram: direct messages to the hospital's professional profile.

By the page that the profile is linked to, or by Instagram's own login; the posts are the same.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from handoff.channel.messaging import Account, MessagingChannel
from handoff.channel.parts import utf8_bytes

# Facts: https://developers.facebook.com/documentation/business-messaging/instagram-messaging/features/attachment-upload
MEGABYTE = 1_000_000
TAKEN = {
    **dict.fromkeys(("image/jpeg", "image/png", "image/gif"), 8 * MEGABYTE),
    **dict.fromkeys(("audio/aac", "audio/mp4", "audio/wav"), 25 * MEGABYTE),
    **dict.fromkeys(("video/mp4", "application/pdf"), 25 * MEGABYTE),
}
ONLY_THESE = (
    "Instagram porta foto JPEG, PNG e GIF fino a 8 MB, PDF, audio AAC, M4A e WAV, video MP4: "
    "serve un file di questi tipi."
)
ONLY_PUBLIC = (
    "Con l'accesso di Instagram un file parte solo se è già pubblico su internet: "
    "scriva un collegamento."
)
BY_PAGE, BY_PROFILE = "https://graph.facebook.com", "https://graph.instagram.com"
SHORTEST = 16
Secret = Annotated[SecretStr, Field(min_length=SHORTEST)]


def _secrets(value: SecretStr) -> SecretStr:
    if any(len(one.strip()) < SHORTEST for one in value.get_secret_value().split(",")):
        raise ValueError(f"each of at least {SHORTEST} characters")
    return value


class InstagramSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_INSTAGRAM_",
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    account_id: str = Field(pattern=r"^\d+$")  # of the profile
    page_id: str = Field(default="", pattern=r"^\d*$")  # empty with Instagram's own login
    token: Secret
    # an app with Instagram's login has a second secret, and which of them signs is not documented
    app_secret: Annotated[SecretStr, AfterValidator(_secrets)]
    verify_token: Secret
    app_id: str = Field(default="", pattern=r"^\d*$")
    api_url: str = ""
    graph_version: str = Field(default="v25.0", pattern=r"^v\d+\.\d+$")


class Instagram(MessagingChannel):
    name = "instagram"
    title = "Instagram"
    no_files = ONLY_PUBLIC

    def __init__(self, account: Account, *, answer_within: float = 7.0) -> None:
        super().__init__(account, answer_within=answer_within)
        self.takes_files = bool(account.platform)  # only a page's uploads are documented

    def refuses(self, media_type: str, size: int) -> str | None:
        if not self.takes_files:
            return self.no_files
        return None if size <= TAKEN.get(media_type, -1) else ONLY_THESE


def account(settings: InstagramSettings) -> Account:
    secrets = settings.app_secret.get_secret_value().split(",")
    by_page = bool(settings.page_id)
    return Account(
        channel=Instagram.name,
        object="instagram",
        id=settings.account_id,
        node=settings.page_id or settings.account_id,
        api_url=settings.api_url or (BY_PAGE if by_page else BY_PROFILE),
        graph_version=settings.graph_version,
        token=settings.token.get_secret_value(),
        app_secrets=tuple(secret.strip() for secret in secrets),
        verify_token=settings.verify_token.get_secret_value(),
        app_id=settings.app_id,
        token_setting="SPORTELLO_INSTAGRAM_TOKEN",
        longest=1000,
        measure=utf8_bytes,
        names_type=False,
        repeats_titles=True,
        platform="instagram" if by_page else "",
        # a page's list names its own fields, not those of the profile
        needed_fields=frozenset() if by_page else frozenset({"messages"}),
    )


def channel() -> Instagram:
    return Instagram(account(InstagramSettings()))
