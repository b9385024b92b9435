"""What only Telegram does; what every channel does is in test_every_channel.py."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from handoff.channel import (
    Button,
    File,
    Inbound,
    NotOffered,
    Outbound,
    PermanentFailure,
    Received,
    TemporaryFailure,
    UnknownOutcome,
)
from handoff.channels import NotOpened, open_channels
from handoff.channels.telegram import NO_LONGER_OFFERED, Telegram
from handoff.channels.telegram.delivery import Pace, keyboard, seconds
from handoff.channels.telegram.polling import Patience
from handoff.channels.telegram.settings import TelegramSettings
from tests import fake_telegram
from tests.fake_telegram import SECRET_HEADER, TOKEN, FakeTelegram, Fault, flood
from tests.postgres import free_port

SECRET = "s3cret-of-16-letters"
HELLO = Outbound(key="1", address="42", text="Buongiorno *a* _Lei_")
FAULTS = {
    "conflict": Fault(status=409, description=fake_telegram.OTHER_POLLER),
    "unauthorized": fake_telegram.UNAUTHORIZED,
    "broken": fake_telegram.BROKEN,
    "garbage": fake_telegram.GARBAGE,
    "drop": fake_telegram.DROP,
    "hang": fake_telegram.HANG,
    "blocked": fake_telegram.BLOCKED,
}


class Gate:
    """Stands where the gateway stands; `errors` are raised first, by text or payload."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.asked: list[str] = []
        self.errors: dict[str, list[Exception]] = {}
        self.is_open = asyncio.Event()
        self.is_open.set()
        self._changed = asyncio.Event()

    async def receive(self, inbound: Inbound) -> Received:
        said = inbound.payload or inbound.text
        self.asked.append(said)
        self._changed.set()
        await self.is_open.wait()
        if self.errors.get(said):
            raise self.errors[said].pop(0)
        self.heard.append(said)
        self._changed.set()
        return Received(message_id="m", seq=1, conversation_id="c", duplicate=False)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def api() -> Iterator[FakeTelegram]:
    with FakeTelegram() as api:
        yield api


@pytest.fixture
def gate() -> Gate:
    return Gate()


@asynccontextmanager
async def opened(
    api_url: str, *, mode: str = "polling", pace: float = 0, begin_within: float = 20
) -> AsyncIterator[Telegram]:
    files_url = api_url.removesuffix("/bot") + "/file/bot"
    settings = TelegramSettings(mode=mode, api_url=api_url, files_url=files_url, poll_seconds=5)
    telegram = Telegram(
        settings,
        answer_within=0.3,
        begin_within=begin_within,
        pace=Pace(pace),
        patience=Patience(shortest=0.01, longest=0.05),
    )
    yield telegram
    await telegram.close()


@pytest.fixture
async def telegram(api: FakeTelegram) -> AsyncIterator[Telegram]:
    async with opened(api.api_url) as telegram:
        yield telegram


@asynccontextmanager
async def listening(telegram: Telegram, gate: Gate) -> AsyncIterator[None]:
    task = asyncio.create_task(telegram.listen(gate.receive))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def wait(api: FakeTelegram, condition: Callable[[], object]) -> None:
    await asyncio.to_thread(api.wait_until, condition)


async def test_an_invitation_is_a_link_to_the_bot_and_needs_its_name(monkeypatch):
    async with opened("http://127.0.0.1:1/bot") as telegram:
        assert telegram.invitation("BCDF-2345") is None
    monkeypatch.setenv("SPORTELLO_TELEGRAM_BOT_NAME", "urp_bot")
    async with opened("http://127.0.0.1:1/bot") as telegram:
        assert telegram.invitation("BCDF-2345") == "https://t.me/urp_bot?start=collega_BCDF-2345"


class TestSending:
    async def test_buttons_become_an_inline_keyboard(self, api, telegram):
        parking = Button(title="Parcheggio", payload="parcheggio")
        receipt = await telegram.send(
            Outbound(key="1", address="42", text="Ecco", buttons=(parking,))
        )
        (fields,) = api.sent
        rows = json.loads(fields["reply_markup"])["inline_keyboard"]
        assert rows == [[{"text": "Parcheggio", "callback_data": "parcheggio"}]]
        assert receipt.external_ids == ("1",)

    async def test_text_is_never_markup(self, api, telegram):
        await telegram.send(HELLO)
        assert api.sent == [{"chat_id": "42", "text": HELLO.text}]

    def test_marks_stand_side_by_side_and_titles_one_under_the_other(self):
        marks = [Button(title=str(n), payload=f"voto:{n}") for n in range(1, 6)]
        comment = Button(title="Scrivere un commento", payload="voto:commento")
        markup = keyboard((*marks, comment))
        titles = [[button.text for button in row] for row in markup.inline_keyboard]
        assert titles == [["1", "2", "3", "4", "5"], ["Scrivere un commento"]]

    async def test_waits_as_long_as_telegram_asks(self, api, telegram):
        api.fail("sendMessage", flood(30))
        with pytest.raises(TemporaryFailure) as failure:
            await telegram.send(HELLO)
        assert failure.value.retry_after == timedelta(seconds=30)

    @pytest.mark.parametrize("value", [30, 30.0, timedelta(seconds=30)])
    def test_understands_both_settings_of_ptb_timedelta(self, value):
        assert seconds(value) == timedelta(seconds=30)

    @pytest.mark.parametrize("fault", [fake_telegram.BLOCKED, fake_telegram.UNKNOWN_CHAT])
    async def test_a_citizen_out_of_reach_is_a_permanent_failure(self, api, telegram, fault):
        api.fail("sendMessage", fault)
        with pytest.raises(PermanentFailure) as failure:
            await telegram.send(HELLO)
        assert str(failure.value).lower() in fault.description.lower()

    async def test_a_refused_token_says_where_to_look_and_not_what_it_is(self, api, telegram):
        api.fail("sendMessage", fake_telegram.UNAUTHORIZED)
        with pytest.raises(TemporaryFailure, match="SPORTELLO_TELEGRAM_TOKEN") as failure:
            await telegram.send(HELLO)
        assert TOKEN not in str(failure.value)

    async def test_telegrams_own_error_is_a_temporary_failure(self, api, telegram):
        api.fail("sendMessage", fake_telegram.BROKEN)
        with pytest.raises(TemporaryFailure):
            await telegram.send(HELLO)

    async def test_a_request_that_never_left_is_a_temporary_failure(self):
        async with opened(f"http://127.0.0.1:{free_port()}/bot") as telegram:
            with pytest.raises(TemporaryFailure) as failure:
                await telegram.send(HELLO)
        assert TOKEN not in str(failure.value)

    @pytest.mark.parametrize("manner", ["hang", "drop", "garbage"])
    async def test_a_request_without_an_answer_may_have_arrived(self, api, telegram, manner):
        api.fail("sendMessage", Fault(manner=manner, status=502, happens=True))
        with pytest.raises(UnknownOutcome):
            await telegram.send(HELLO)
        assert len(api.sent) == 1

    async def test_a_long_text_goes_in_parts_with_the_buttons_under_the_last(self, api, telegram):
        text = "\n\n".join("parola " * 100 for _ in range(12)).strip()
        help_ = Button(title="Aiuto", payload="aiuto")
        receipt = await telegram.send(Outbound(key="1", address="42", text=text, buttons=(help_,)))
        assert "".join("".join(f["text"] for f in api.sent).split()) == "".join(text.split())
        assert ["reply_markup" in fields for fields in api.sent] == [False, False, True]
        assert receipt.external_ids == ("1", "2", "3")

    async def test_a_retry_goes_on_after_the_parts_that_arrived(self, api, telegram):
        message = Outbound(key="1", address="42", text="a" * 4096 + "b" * 4096 + "c")
        api.fail("sendMessage", None, flood(1))
        with pytest.raises(TemporaryFailure):
            await telegram.send(message)
        await telegram.send(message)
        assert [fields["text"][0] for fields in api.sent] == ["a", "b", "c"]

    async def test_one_chat_waits_its_turn_and_holds_up_no_other(self, api):
        async with opened(api.api_url, pace=0.2) as telegram:
            await asyncio.gather(
                *(
                    telegram.send(Outbound(key=text, address=chat, text=text))
                    for chat, text in (("1", "first"), ("1", "last"), ("2", "between"))
                )
            )
        assert api.sent[-1]["text"] == "last"


class TestFiles:
    async def test_a_slow_send_ends_before_its_lease_and_goes_on_after_what_arrived(self, api):
        file = File(name="modulo.pdf", media_type="application/pdf", content=b"%PDF")
        slow = Outbound(key="m-1", address="42", text="Ecco", files=(file, file))
        async with opened(api.api_url, begin_within=0) as telegram:
            for _ in range(2):
                with pytest.raises(TemporaryFailure):
                    await telegram.send(slow)
            receipt = await telegram.send(slow)
        assert len(receipt.external_ids) == len(set(receipt.external_ids)) == 3
        assert [sent.get("text") for sent in api.sent] == ["Ecco", None, None]
        assert api.sent[1]["chat_id"] == "42"

    async def test_fetches_what_a_citizen_sent(self, telegram):
        file = await telegram.fetch("AgAC", at_most=5000)
        assert (file.name, len(file.content)) == ("1.jpg", 1002)

    async def test_stops_at_the_largest_size(self, telegram):
        with pytest.raises(PermanentFailure, match="troppo grande"):
            await telegram.fetch("AgAC", at_most=100)

    async def test_a_file_that_is_gone_will_not_come_again(self, api, telegram):
        api.fail("getFile", Fault(status=400, description="Bad Request: invalid file_id"))
        with pytest.raises(PermanentFailure, match="non ha più"):
            await telegram.fetch("AgAC", at_most=5000)

    async def test_trouble_with_fetching_is_temporary_and_tells_no_token(self, api, telegram):
        api.fail("getFile", fake_telegram.BROKEN)
        with pytest.raises(TemporaryFailure) as failure:
            await telegram.fetch("AgAC", at_most=5000)
        assert TOKEN not in str(failure.value)


class TestHealth:
    async def test_a_working_channel_has_no_trouble(self, telegram):
        assert await telegram.trouble() is None

    async def test_a_dead_token_is_named(self, api, telegram):
        api.fail("getMe", fake_telegram.UNAUTHORIZED)
        assert "token" in (await telegram.trouble() or "")

    async def test_a_lost_webhook_is_named(self, api):
        async with opened(api.api_url, mode="webhook") as telegram:
            assert "webhook" in (await telegram.trouble() or "")

    async def test_typing_is_shown(self, api, telegram):
        await telegram.show_typing("42", "7")
        assert [fields["action"] for fields in api.called("sendChatAction")] == ["typing"]


class TestPolling:
    async def test_confirms_an_update_only_after_it_was_stored(self, api, telegram, gate):
        gate.is_open.clear()
        api.write("Buongiorno")
        async with listening(telegram, gate):
            await gate.until(lambda: gate.asked == ["Buongiorno"])
            assert len(api.pending) == 1
            gate.is_open.set()
            await wait(api, lambda: not api.pending)
        assert gate.heard == ["Buongiorno"]

    async def test_an_update_that_was_not_stored_is_served_again(self, api, telegram, gate):
        gate.errors = {"uno": [OSError("disk full"), OSError("disk full")]}
        api.write("uno")
        async with listening(telegram, gate):
            await wait(api, lambda: not api.pending)
        assert gate.asked == ["uno"] * 3
        assert gate.heard == ["uno"]

    async def test_one_that_fails_holds_up_no_other(self, api, telegram, gate):
        gate.errors = {"uno": [OSError() for _ in range(1000)]}
        api.write("uno")
        api.write("due", chat=43)
        async with listening(telegram, gate):
            await gate.until(lambda: "due" in gate.heard)
            api.write("tre", chat=44)
            await gate.until(lambda: "tre" in gate.heard)
        assert len(api.pending) == 3

    async def test_what_was_not_confirmed_comes_to_the_next_process(self, api, gate):
        gate.is_open.clear()
        api.write("Buongiorno")
        async with opened(api.api_url) as first, listening(first, gate):
            await gate.until(lambda: bool(gate.asked))
        gate.is_open.set()
        async with opened(api.api_url) as second, listening(second, gate):
            await wait(api, lambda: not api.pending)
        assert gate.heard == ["Buongiorno"]

    async def test_an_unreadable_update_is_left_out(self, api, telegram, gate, caplog):
        api.push({"message": {"message_id": "none", "text": "segreto"}})
        api.write("dopo")
        async with listening(telegram, gate):
            await wait(api, lambda: not api.pending)
        assert gate.heard == ["dopo"]
        assert "1001" in caplog.text
        assert "segreto" not in caplog.text

    @pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
    @pytest.mark.parametrize("method", ["getUpdates", "deleteWebhook"])
    async def test_goes_on_after(self, api, telegram, gate, method, fault):
        if fault.manner == "hang" and method == "getUpdates":
            telegram = Telegram(
                TelegramSettings(mode="polling", api_url=api.api_url, poll_seconds=0),
                answer_within=0.2,
                patience=Patience(shortest=0.01, longest=0.05),
            )
        api.fail(method, fault, fault)
        async with listening(telegram, gate):
            api.write("Buongiorno")
            await wait(api, lambda: not api.pending)
        assert gate.heard == ["Buongiorno"]
        await telegram.close()

    async def test_says_once_that_telegram_is_away(self, api, telegram, gate, caplog):
        api.fail("getUpdates", *[fake_telegram.BROKEN] * 4)
        api.write("Buongiorno")
        async with listening(telegram, gate):
            await wait(api, lambda: not api.pending)
        said = [record.message for record in caplog.records if record.name.startswith("handoff")]
        assert said == [
            "no messages from Telegram at the moment, trying on: NetworkError: Bad Gateway",
            "messages from Telegram arrive again",
        ]

    async def test_two_pollers_lose_nothing(self, api, gate):
        async with (
            opened(api.api_url) as first,
            opened(api.api_url) as second,
            listening(first, gate),
            listening(second, gate),
        ):
            for number in range(20):
                api.write(str(number))
            await wait(api, lambda: not api.pending)
        assert set(gate.heard) == {str(number) for number in range(20)}

    async def test_removes_a_webhook_that_is_in_the_way(self, api, telegram, gate):
        async with listening(telegram, gate):
            await wait(api, lambda: api.called("getUpdates"))
            api.answer("setWebhook", {"url": f"http://127.0.0.1:{free_port()}/"})
            await wait(api, lambda: api.webhook is None)
            api.write("Buongiorno")
            await gate.until(lambda: gate.heard == ["Buongiorno"])

    async def test_offers_no_webhook(self, telegram, gate):
        assert telegram.routes(gate.receive) is None


class TestButtons:
    async def test_a_press_is_acknowledged_after_it_was_stored(self, api, telegram, gate):
        gate.is_open.clear()
        api.press("parcheggio")
        async with listening(telegram, gate):
            await gate.until(lambda: gate.asked == ["parcheggio"])
            assert api.called("answerCallbackQuery") == []
            gate.is_open.set()
            await wait(api, lambda: api.called("answerCallbackQuery"))
        assert api.called("answerCallbackQuery") == [{"callback_query_id": "q1000"}]

    async def test_a_button_that_no_longer_counts_says_so(self, api, telegram, gate):
        gate.errors = {"voto:5": [NotOffered("voto:5")]}
        api.press("voto:5")
        async with listening(telegram, gate):
            await wait(api, lambda: api.called("answerCallbackQuery") and not api.pending)
        (fields,) = api.called("answerCallbackQuery")
        assert fields["text"] == NO_LONGER_OFFERED

    @pytest.mark.parametrize("fault", [fake_telegram.HANG, fake_telegram.UNKNOWN_CHAT])
    async def test_nobody_waits_for_the_acknowledgement(self, api, telegram, gate, fault):
        api.fail("answerCallbackQuery", fault)
        api.press("parcheggio")
        api.write("dopo")
        async with listening(telegram, gate):
            await wait(api, lambda: not api.pending)
        assert gate.heard == ["parcheggio", "dopo"]


@asynccontextmanager
async def webhook_client(telegram: Telegram, gate: Gate) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(telegram.routes(gate.receive))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://sportello/webhooks",
        headers={SECRET_HEADER: SECRET},
    ) as client:
        yield client


@pytest.fixture
async def client(api: FakeTelegram, gate: Gate) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        opened(api.api_url, mode="webhook") as telegram,
        webhook_client(telegram, gate) as client,
    ):
        yield client


def written(text: str) -> dict[str, object]:
    chat = {"id": 42, "type": "private"}
    return {"update_id": 7, "message": {"message_id": 1, "chat": chat, "text": text}}


class TestWebhook:
    async def test_is_registered_with_its_secret_however_often_it_takes(self, api, gate):
        api.fail("setWebhook", fake_telegram.BROKEN, fake_telegram.UNAUTHORIZED)
        async with opened(api.api_url, mode="webhook") as telegram:
            await telegram.listen(gate.receive)
        assert (api.webhook.url, api.webhook.secret) == (
            "https://sportello.example.it/webhooks/telegram",
            SECRET,
        )

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"\xff\xfe", b"[]", b"[" * 100_000, b"{}", b'{"update_id": "7"}'],
        ids=["empty", "cut", "not-utf8", "list", "deep", "no-id", "id-is-text"],
    )
    async def test_what_is_no_update_is_a_bad_request(self, client, gate, body):
        response = await client.post("/telegram", content=body)
        assert (response.status_code, gate.asked) == (400, [])

    async def test_a_huge_body_is_not_read(self, client, gate):
        response = await client.post("/telegram", content=b"x" * 10_000_000)
        assert (response.status_code, gate.asked) == (413, [])

    async def test_an_unreadable_update_is_not_wanted_again(self, client, gate):
        response = await client.post("/telegram", json={"update_id": 7, "message": "?"})
        assert (response.status_code, gate.asked) == (200, [])

    async def test_what_was_not_stored_is_asked_for_again(self, client, gate, caplog):
        gate.errors = {"segreto": [OSError("quotes segreto")]}
        answers = [
            (await client.post("/telegram", json=written("segreto"))).status_code for _ in range(2)
        ]
        assert answers == [503, 200]
        assert "segreto" not in caplog.text


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("WEBHOOK_SECRET", ""),
            ("WEBHOOK_SECRET", "short"),
            ("WEBHOOK_SECRET", "with blanks in it, and an è"),
            ("WEBHOOK_URL", ""),
            ("TOKEN", ""),
            ("TOKEN", "${TELEGRAM_TOKEN}"),
            ("MODE", "both"),
        ],
    )
    def test_a_wrong_setting_stops_the_boot_without_being_shown(self, monkeypatch, name, value):
        monkeypatch.setenv(f"SPORTELLO_TELEGRAM_{name}", value)
        with pytest.raises(NotOpened) as error:
            open_channels(["telegram"])
        assert not value or value not in str(error.value)

    async def test_no_log_holds_the_token_or_a_citizens_words(
        self, api, gate, caplog, monkeypatch
    ):
        caplog.set_level(logging.DEBUG)
        monkeypatch.setenv("SPORTELLO_TELEGRAM_API_URL", api.api_url)
        monkeypatch.setenv("SPORTELLO_TELEGRAM_MODE", "polling")
        telegram = open_channels(["telegram"])["telegram"]
        api.fail("deleteWebhook", fake_telegram.UNAUTHORIZED)
        api.fail("sendMessage", fake_telegram.BLOCKED)
        api.write("segreto")
        async with listening(telegram, gate):
            with pytest.raises(PermanentFailure):
                await telegram.send(HELLO)
            await wait(api, lambda: not api.pending)
        await telegram.close()
        assert gate.heard == ["segreto"]
        for word in (TOKEN, "segreto", HELLO.text):
            assert word not in caplog.text
