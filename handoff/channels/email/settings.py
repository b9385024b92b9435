"""What can be configured about the ordinary mailbox, read from `SPORTELLO_EMAIL_*`."""

from pydantic_settings import SettingsConfigDict

from handoff.channel.mailbox.settings import MailboxSettings


class EmailSettings(MailboxSettings):
    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_EMAIL_", env_ignore_empty=True, hide_input_in_errors=True
    )

    plus_addresses: bool = False  # mail to name+anything@domain reaches the mailbox
