"""What can be configured about the PEC mailbox, read from `SPORTELLO_PEC_*`."""

from pydantic_settings import SettingsConfigDict

from handoff.channel.mailbox.settings import MailboxSettings


class PecSettings(MailboxSettings):
    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_PEC_", env_ignore_empty=True, hide_input_in_errors=True
    )
