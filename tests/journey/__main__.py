"""`make demo-channels`: plays the course on every channel and prints what each did."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from handoff import migrations
from handoff.app import create_app
from handoff.settings import Settings
from tests.fake_bot import FakeBot
from tests.handoff.desk import Desk, hire
from tests.journey import sides
from tests.journey.course import Course, play

TITLES = ("canale", "risposta", "pratica", "risposta dell'operatore", "messaggi", "chiusa")
WIDTHS = (12, 10, 14, 26, 10, 8)


async def play_all(settings: Settings, fakes: dict[str, Any]) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        desk = await Desk(app).enters(await hire(app.state.database, "rita"))
        answer = app.state.knowledge.wording("parcheggio").text
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sportello") as http:
            for side in sides.sides(http, fakes):
                _print(_row(await play(side, desk, answer)))


def _row(course: Course) -> tuple[str, ...]:
    answered = "-" if course.answered_ms is None else f"{course.answered_ms:.0f} ms"
    delivery = course.delivery or "ritirata dal cittadino"
    closed = "sì" if course.closed else "no"
    return (course.channel, answered, course.ticket, delivery, str(course.said), closed)


def _print(cells: tuple[str, ...]) -> None:
    line = "".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, FakeBot() as bot, sides.providers() as fakes:
        os.environ.update(sides.environment(fakes))
        url = f"sqlite+aiosqlite:///{Path(folder) / 'demo.db'}"
        migrations.upgrade(url)
        settings = Settings(
            database_url=url,
            bot_url=bot.url,
            bot_token="b" * 32,
            internal_token="i" * 32,
            channels=sides.NAMES,
        )
        _print(TITLES)
        asyncio.run(play_all(settings, fakes))


if __name__ == "__main__":
    main()
