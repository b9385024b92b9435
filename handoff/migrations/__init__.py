"""The schema's diary."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d-%%(rev)s-%%(slug)s")
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Bring the database to the newest schema. Blocks; do not call from an event loop."""
    command.upgrade(_config(url), "head")


def check(url: str) -> None:
    """Raise if the tables in the code are not those that the migrations make."""
    command.check(_config(url))


def record(url: str, message: str) -> None:
    """Write down a new migration from what changed in the tables."""
    command.revision(_config(url), message=message, autogenerate=True)
