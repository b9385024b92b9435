"""From a citizen's Messenger or Instagram through the whole service and back."""

import asyncio
from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from handoff.settings import Settings
from tests.fake_bot import FakeBot
from tests.fake_meta import INSTAGRAM, MESSENGER, FakeMeta, refused

NAMES = {"messenger": MESSENGER, "instagram": INSTAGRAM}


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def meta(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMeta]:
    with FakeMeta(NAMES[name]) as meta:
        monkeypatch.setenv(f"SPORTELLO_{name.upper()}_API_URL", meta.api_url)
        yield meta


@pytest.fixture
def settings(settings: Settings, name: str, meta: FakeMeta) -> Settings:
    return settings.model_copy(update={"channels": (name,)})


async def until(meta: FakeMeta, condition: Callable[[], object]) -> None:
    await asyncio.to_thread(meta.wait_until, condition)


async def post(client: httpx.AsyncClient, name: str, meta: FakeMeta, body: bytes) -> int:
    answer = await client.post(f"/webhooks/{name}", content=body, headers=meta.sign(body))
    return answer.status_code


async def test_a_question_gets_its_answer_once(
    app: FastAPI, client: httpx.AsyncClient, name: str, meta: FakeMeta, fake_bot: FakeBot
) -> None:
    question = meta.write("dove posso parcheggiare?")
    answers = [await post(client, name, meta, question) for _ in range(3)]
    assert answers == [200] * 3
    parking = str(app.state.knowledge.wording("parcheggio").text)
    await until(meta, lambda: parking[:100] in "\n".join(texts(meta)))
    for echo in list(meta.posts):
        assert await post(client, name, meta, echo) == 200
    assert len(fake_bot.asked) == 1
    keys = {fields["message"]["metadata"] for fields in meta.sent}
    assert len(keys) == 2  # the notice and the answer, in however many parts


async def test_a_flooded_meta_gets_the_message_later(
    app: FastAPI, client: httpx.AsyncClient, name: str, meta: FakeMeta
) -> None:
    meta.fail_sends(refused(1200))
    assert await post(client, name, meta, meta.write("dove posso parcheggiare?")) == 200
    parking = str(app.state.knowledge.wording("parcheggio").text)
    await until(meta, lambda: parking[:100] in "\n".join(texts(meta)))


def texts(meta: FakeMeta) -> list[str]:
    return [fields["message"]["text"] for fields in meta.sent]
