"""The bot's server in a thread of the tests, and a client of its door."""

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa

from bot.settings import Settings
from bot.trackers import TABLE, connect

TOKEN = "a-token-of-more-than-thirty-two-characters"


def new_database(url: str) -> str:
    engine = connect(url)
    TABLE.metadata.create_all(engine)
    engine.dispose()
    return url


def new_place(server: str) -> str:
    """An empty database on a PostgreSQL server."""
    name = f"trackers_{uuid4().hex}"
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


def settings(*, database: str, actions: str, models: Path = Path("models")) -> Settings:
    return Settings(
        token=TOKEN,
        database_url=database,
        actions_url=actions,
        models=models,
        host="127.0.0.1",
        port=5005,
    )


def rows(database: str) -> list[Any]:
    engine = connect(database)
    with engine.connect() as connection:
        found = connection.execute(sa.select(TABLE)).fetchall()
    engine.dispose()
    return found


class Door:
    """Speaks as handoff does."""

    def __init__(self, port: int, *, token: str, retries: int = 0) -> None:
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
            transport=httpx.HTTPTransport(retries=retries),
            trust_env=False,
        )

    def ask(
        self, text: str | None = None, *, conversation: str = "c1", **fields: Any
    ) -> httpx.Response:
        said = {} if text is None else {"text": text}
        question = {"conversation_id": conversation, "message_id": uuid4().hex, **said, **fields}
        return self.http.post("/webhooks/handoff/converse", json=question)

    def said(self, text: str | None = None, **fields: Any) -> list[str]:
        answer = self.ask(text, **fields)
        assert answer.status_code == 200, answer.text
        return [reply["say"] for reply in answer.json()["replies"]]

    def erase(self, conversation: str) -> httpx.Response:
        return self.http.delete(f"/webhooks/handoff/conversations/{conversation}")


class Served:
    """A whole server but its process: two of them on one database are two bots."""

    def __init__(self, model: Path, database: str, actions: str) -> None:
        self.model, self.settings = model, settings(database=database, actions=actions)
        self.database = database
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._doors: list[Door] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Served":
        self._thread.start()
        assert self._ready.wait(60)
        self.door = self.visitor(TOKEN)
        return self

    def visitor(self, token: str) -> Door:
        self._doors.append(Door(self.port, token=token))
        return self._doors[-1]

    def __exit__(self, *_: object) -> None:
        for door in self._doors:
            door.http.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)

    def rows(self) -> list[Any]:
        return rows(self.database)

    def _run(self) -> None:
        from sanic import Sanic  # noqa: PLC0415

        from bot.application import build  # noqa: PLC0415 (Rasa takes seconds to import)

        Sanic.test_mode = True  # several servers in one process
        asyncio.set_event_loop(self._loop)
        app = build(self.settings, model=self.model)
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        serving = app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        server = self._loop.run_until_complete(serving)
        self._loop.run_until_complete(server.startup())
        self._loop.run_until_complete(server.before_start())
        self._loop.run_until_complete(server.after_start())
        self._loop.call_soon(self._ready.set)
        self._loop.run_forever()
        self._loop.run_until_complete(_close(server))
        self._loop.run_until_complete(app.ctx.processor.close())
        self._loop.close()


async def _close(server: Any) -> None:
    server.close()
    connections = list(server.connections)
    for connection in connections:
        connection.abort()
    await asyncio.gather(*(connection._task for connection in connections), return_exceptions=True)
    await server.wait_closed()
