"""What Messenger and Instagram do alike; what every channel does is in test_every_channel.py."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from handoff.channel import (
    Button,
    Echo,
    Event,
    File,
    Inbound,
    NotOffered,
    Outbound,
    PermanentFailure,
    Received,
    Status,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)
from handoff.channel.messaging import MessagingChannel
from handoff.channel.messaging.platform import SILENT, UNSUBSCRIBED
from handoff.channels import NotOpened, instagram, messenger, open_channels
from tests import fake_meta
from tests.fake_meta import INSTAGRAM, MESSENGER, FakeMeta, Fault, Reply, refused
from tests.postgres import free_port

HELLO = Outbound(key="k1", address="4242", text="Buongiorno")
LATE = replace(HELLO, late=True, author="operator")
PARKING = Button(title="Parcheggio", payload="parcheggio")
LONG = Button(title="Prenotare una visita specialistica", payload="visita")
PHOTO = File(name="mappa.png", media_type="image/png", content=b"\x89PNG map")
FORM = File(name="perché.pdf", media_type="application/pdf", content=b"%PDF-1.4 \xff form")
VERIFY = "fake-verify-token-of-ours"
NAMES = {"messenger": MESSENGER, "instagram": INSTAGRAM}


class Ear:
    """Stands where the gateway stands; `errors` are raised by text, payload or kind."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.errors: dict[str, list[Exception]] = {}

    async def receive(self, event: Event) -> Received:
        said = getattr(event, "payload", None) or getattr(event, "text", "")
        if self.errors.get(said):
            raise self.errors[said].pop(0)
        self.heard.append(event)
        return Received(message_id="m", seq=1, conversation_id="c", duplicate=False)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.heard if isinstance(event, Inbound)]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def meta(name: str) -> Iterator[FakeMeta]:
    with FakeMeta(NAMES[name]) as meta:
        yield meta


@asynccontextmanager
async def opened(
    name: str, api_url: str, *, answer_within: float = 7.0
) -> AsyncIterator[MessagingChannel]:
    if name == "messenger":
        account = messenger.account(messenger.MessengerSettings(api_url=api_url))
        channel: MessagingChannel = messenger.Messenger(account, answer_within=answer_within)
    else:
        account = instagram.account(instagram.InstagramSettings(api_url=api_url))
        channel = instagram.Instagram(account, answer_within=answer_within)
    yield channel
    await channel.close()


@pytest.fixture
async def channel(name: str, meta: FakeMeta) -> AsyncIterator[MessagingChannel]:
    meta.write("Buongiorno")
    meta.posts.clear()
    async with opened(name, meta.api_url) as channel:
        yield channel


@pytest.fixture
async def hasty(
    name: str, meta: FakeMeta, channel: MessagingChannel
) -> AsyncIterator[MessagingChannel]:
    """Waits no longer than a test should."""
    async with opened(name, meta.api_url, answer_within=1.0) as hasty:
        yield hasty


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def client(channel: MessagingChannel, ear: Ear) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(channel.routes(ear.receive))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://sportello/webhooks"
    ) as client:
        yield client


class TestSending:
    async def test_a_text_goes_as_a_response_with_our_key(self, name, meta, channel):
        receipt = await channel.send(HELLO)
        (fields,) = meta.sent
        assert fields["message"] == {"text": "Buongiorno", "metadata": "sportello:k1"}
        assert fields["recipient"] == {"id": "4242"}
        assert fields.get("messaging_type") == ("RESPONSE" if name == "messenger" else None)
        assert receipt.external_ids == ("m_2",)

    async def test_a_receipt_lists_all_parts_in_order(self, meta, channel):
        text = "\n\n".join("perché no? " * 30 for _ in range(12)).strip()
        receipt = await channel.send(replace(HELLO, text=text, buttons=(PARKING,)))
        texts = [fields["message"]["text"] for fields in meta.sent]
        said = "".join("".join(texts).split())
        assert said.startswith("".join(text.split()))
        assert len(receipt.external_ids) == len(texts) > 1
        with_buttons = ["quick_replies" in fields["message"] for fields in meta.sent]
        assert with_buttons == [False] * (len(texts) - 1) + [True]

    async def test_accents_and_pictures_keep_the_limit(self, meta, channel):
        await channel.send(replace(HELLO, text="è" * 2500 + "🙂" * 1500))
        assert "".join(f["message"]["text"] for f in meta.sent) == "è" * 2500 + "🙂" * 1500

    async def test_a_retry_goes_on_after_the_parts_that_arrived(self, meta, channel):
        message = replace(HELLO, text="a" * meta.rules.longest + "b" * meta.rules.longest + "c")
        meta.fail(None, refused(613))
        with pytest.raises(TemporaryFailure):
            await channel.send(message)
        receipt = await channel.send(message)
        assert [fields["message"]["text"][0] for fields in meta.sent] == ["a", "b", "c"]
        assert len(receipt.external_ids) == 3

    async def test_typing_is_shown_alone(self, meta, channel):
        await channel.show_typing("4242", "m_1")
        assert meta.calls[-1].fields == {
            "recipient": {"id": "4242"},
            "sender_action": "typing_on",
        }

    async def test_a_citizen_who_never_wrote_is_unreachable(self, channel):
        with pytest.raises(Unreachable):
            await channel.send(replace(HELLO, address="1"))


class TestFiles:
    """On Instagram by way of a page: a profile alone takes none."""

    @pytest.fixture
    def meta(self, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMeta]:
        monkeypatch.setenv("SPORTELLO_INSTAGRAM_PAGE_ID", "3003")
        rules = NAMES[name] if name == "messenger" else replace(INSTAGRAM, node="3003")
        with FakeMeta(rules) as meta:
            yield meta

    async def test_follow_the_text_each_by_itself(self, meta, channel):
        message = replace(HELLO, files=(PHOTO, FORM))
        receipt = await channel.send(message)
        said = [fields["message"] for fields in meta.sent]
        assert [one.get("text") or one["attachment"] for one in said] == [
            "Buongiorno",
            {"type": "image", "payload": {"attachment_id": "a_1"}},
            {"type": "file", "payload": {"attachment_id": "a_2"}},
        ]
        assert {one["metadata"] for one in said} == {"sportello:k1"}
        assert len(receipt.external_ids) == len(channel.parts_of(message)) == 3
        assert b'filename="perche.pdf"' in meta.uploads[1]
        assert FORM.content in meta.uploads[1]
        assert channel.takes_files

    @pytest.mark.parametrize("fault", [fake_meta.DROP, fake_meta.GARBAGE, fake_meta.BROKEN])
    async def test_an_upload_that_failed_is_tried_again_and_the_text_is_not(
        self, meta, channel, fault
    ):
        message = replace(HELLO, files=(PHOTO,))
        meta.fail(None, fault)
        with pytest.raises(TemporaryFailure):
            await channel.send(message)
        assert len((await channel.send(message)).external_ids) == len(meta.sent) == 2

    async def test_one_that_meta_refuses_fails_for_good(self, meta, channel):
        meta.fail(None, refused(100, 2018109))
        with pytest.raises(PermanentFailure):
            await channel.send(replace(HELLO, files=(PHOTO,)))


class TestFilesOnInstagram:
    @pytest.mark.parametrize(
        ("media_type", "size", "goes"),
        [
            ("image/jpeg", 8_000_000, True),
            ("image/jpeg", 8_000_001, False),
            ("application/pdf", 20_000_000, True),
            ("image/heic", 10, False),
            ("audio/ogg", 10, False),
        ],
    )
    async def test_what_cannot_go_is_told_before(self, monkeypatch, media_type, size, goes):
        monkeypatch.setenv("SPORTELLO_INSTAGRAM_PAGE_ID", "3003")
        async with opened("instagram", "http://127.0.0.1:1") as channel:
            assert (channel.refuses(media_type, size) is None) is goes

    async def test_a_profile_alone_takes_none_and_says_why(self):
        async with opened("instagram", "http://127.0.0.1:1") as channel:
            assert not channel.takes_files
            assert channel.refuses("image/jpeg", 10) == channel.no_files == instagram.ONLY_PUBLIC


class TestButtons:
    async def test_become_quick_replies(self, name, meta, channel):
        await channel.send(replace(HELLO, buttons=(PARKING,)))
        (fields,) = meta.sent
        assert fields["message"]["quick_replies"] == [
            {"content_type": "text", "title": "Parcheggio", "payload": "parcheggio"}
        ]
        on_desktops = "Buongiorno\n\n1. Parcheggio" if name == "instagram" else "Buongiorno"
        assert fields["message"]["text"] == on_desktops

    async def test_a_long_title_stands_in_full_in_the_text(self, meta, channel):
        await channel.send(replace(HELLO, buttons=(LONG,)))
        (fields,) = meta.sent
        assert fields["message"]["text"].endswith(f"1. {LONG.title}")
        assert fields["message"]["quick_replies"][0]["title"] == "1. Prenotare una vi…"

    async def test_more_than_thirteen_are_numbered_text(self, meta, channel):
        many = tuple(Button(title=f"Reparto {n}", payload=f"r{n}") for n in range(1, 15))
        await channel.send(replace(HELLO, buttons=many))
        (fields,) = meta.sent
        assert "quick_replies" not in fields["message"]
        assert fields["message"]["text"].endswith("\n14. Reparto 14")

    async def test_the_marks_of_the_survey_are_not_numbered_again(self, meta, channel):
        marks = tuple(Button(title=str(n), payload=f"voto:{n}") for n in range(1, 6))
        await channel.send(replace(HELLO, buttons=marks))
        assert "1. 1" not in meta.sent[0]["message"]["text"]

    async def test_numbers_may_answer_where_they_are_read(self, name, channel):
        many = tuple(Button(title=f"Reparto {n}", payload=f"r{n}") for n in range(1, 15))
        assert channel.numbers_choices(replace(HELLO, buttons=many))
        few = replace(HELLO, buttons=(PARKING,))
        assert channel.numbers_choices(few) == (name == "instagram")


class TestWindows:
    async def test_an_operators_late_message_is_marked_and_has_no_buttons(self, meta, channel):
        meta.now += timedelta(days=6)
        await channel.send(replace(LATE, buttons=(PARKING,)))
        (fields,) = meta.sent
        assert (fields["messaging_type"], fields["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
        assert "quick_replies" not in fields["message"]
        assert fields["message"]["text"] == "Buongiorno\n\n1. Parcheggio"

    @pytest.mark.parametrize("author", ["bot", "system"])
    async def test_a_machine_never_speaks_as_a_person(self, meta, channel, author):
        with pytest.raises(WindowClosed):
            await channel.send(replace(LATE, author=author))
        assert meta.calls == []

    async def test_meta_closes_the_window_after_a_day_and_a_week(self, meta, channel):
        meta.now += timedelta(hours=24)
        with pytest.raises(WindowClosed):
            await channel.send(HELLO)
        meta.now += timedelta(days=6)
        with pytest.raises(WindowClosed):
            await channel.send(LATE)

    def test_are_a_day_and_a_week_for_people(self):
        for name in NAMES:
            channel = open_channels([name])[name]
            assert (channel.window, channel.human_window) == (timedelta(1), timedelta(7))


REFUSALS = {
    (10, 2018278): WindowClosed,
    (10, 2018065): WindowClosed,
    (10, 2018108): Unreachable,
    (551, 0): Unreachable,
    (200, 1545041): Unreachable,
    (100, 2018001): Unreachable,
    (10, 2018300): PermanentFailure,
    (10, 1893063): TemporaryFailure,
    (100, 0): PermanentFailure,
    (190, 0): TokenRefused,
    (190, 463): TokenRefused,
    (10, 0): TokenRefused,
    (230, 0): TokenRefused,
    (102, 0): TokenRefused,
    (613, 0): TemporaryFailure,
    (4, 2018022): TemporaryFailure,
    (32, 0): TemporaryFailure,
    (1200, 0): TemporaryFailure,
    (2, 0): TemporaryFailure,
    (9999, 0): PermanentFailure,
}


class TestRefusals:
    @pytest.mark.parametrize(("codes", "kind"), REFUSALS.items(), ids=map(str, REFUSALS))
    async def test_its_codes_decide(self, meta, channel, codes, kind):
        meta.fail(refused(*codes))
        with pytest.raises(kind) as failure:
            await channel.send(HELLO)
        assert type(failure.value) is kind
        assert meta.sent == []

    async def test_a_code_with_two_meanings_is_read_by_our_clock(self, meta, channel):
        meta.fail(refused(200, 1545041))
        with pytest.raises(WindowClosed):
            await channel.send(LATE)

    async def test_a_refused_token_says_where_to_look_and_not_what_it_is(
        self, name, meta, channel
    ):
        meta.fail(fake_meta.UNAUTHORIZED)
        with pytest.raises(TokenRefused, match=f"SPORTELLO_{name.upper()}_") as failure:
            await channel.send(HELLO)
        assert meta.rules.token not in str(failure.value)

    async def test_metas_own_error_is_temporary(self, meta, channel):
        for fault in (fake_meta.BROKEN, refused(9999, status=503)):
            meta.fail(fault)
            with pytest.raises(TemporaryFailure):
                await channel.send(HELLO)

    async def test_waits_as_long_as_meta_asks(self, meta, channel):
        usage = '{"1": [{"type": "messenger", "estimated_time_to_regain_access": 19}]}'
        meta.fail(
            Reply(
                body={"error": {"code": 80007}},
                status=400,
                headers={"X-Business-Use-Case-Usage": usage},
            )
        )
        with pytest.raises(TemporaryFailure) as failure:
            await channel.send(HELLO)
        assert failure.value.retry_after == timedelta(minutes=19)

    @pytest.mark.parametrize("usage", ["", "[", "[]", '{"1": 2}', '{"1": [{}]}'])
    async def test_a_flood_without_a_time_waits_a_minute(self, meta, channel, usage):
        headers = {"X-Business-Use-Case-Usage": usage}
        meta.fail(Reply(body=b"<html>slow down</html>", status=429, headers=headers))
        with pytest.raises(TemporaryFailure) as failure:
            await channel.send(HELLO)
        assert failure.value.retry_after == timedelta(minutes=1)

    async def test_a_request_that_never_left_is_temporary(self, name):
        async with opened(name, f"http://127.0.0.1:{free_port()}") as channel:
            with pytest.raises(TemporaryFailure):
                await channel.send(HELLO)

    @pytest.mark.parametrize("manner", ["hang", "drop", "garbage"])
    async def test_a_request_without_an_answer_may_have_arrived(self, meta, hasty, manner):
        meta.fail(Fault(manner=manner, status=502, happens=True))
        with pytest.raises(UnknownOutcome):
            await hasty.send(HELLO)
        assert len(meta.sent) == 1

    @pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}"])
    async def test_a_yes_without_a_number_may_have_arrived(self, meta, channel, body):
        meta.fail(Reply(body=body))
        with pytest.raises(UnknownOutcome):
            await channel.send(HELLO)


class TestHandshake:
    QUESTION = {"hub.mode": "subscribe", "hub.challenge": "1158", "hub.verify_token": VERIFY}

    async def test_repeats_the_challenge(self, name, client):
        answer = await client.get(f"/{name}", params=self.QUESTION)
        assert (answer.status_code, answer.text) == (200, "1158")

    @pytest.mark.parametrize("wrong", [{"hub.verify_token": "é"}, {"hub.mode": "x"}])
    async def test_refuses_anybody_else(self, name, client, wrong):
        answer = await client.get(f"/{name}", params=self.QUESTION | wrong)
        assert answer.status_code == 403


class TestReceiving:
    @staticmethod
    async def post(client, meta, name, body, **headers):
        signed = {**meta.sign(body), **headers}
        return (await client.post(f"/{name}", content=body, headers=signed)).status_code

    async def test_a_message_as_meta_escapes_it(self, name, meta, client, ear):
        status = await self.post(client, meta, name, meta.write("perché? http://a"))
        assert (status, ear.texts) == (200, ["perché? http://a"])

    async def test_the_same_meaning_in_other_bytes_is_forged(self, name, meta, client, ear):
        body = meta.write("http://a")
        signed = meta.sign(body)
        answer = await client.post(f"/{name}", content=body.replace(b"\\/", b"/"), headers=signed)
        assert (answer.status_code, ear.heard) == (401, [])

    async def test_our_echo_carries_our_key_and_an_operators_none(
        self, name, meta, channel, client, ear
    ):
        await channel.send(HELLO)
        meta.operator_writes("Le rispondo io")
        for body in meta.posts:
            assert await self.post(client, meta, name, body) == 200
        echoes = [event for event in ear.heard if isinstance(event, Echo)]
        assert [(echo.key, echo.external_id) for echo in echoes] == [
            ("k1", "m_2"),
            (None, "m_3"),
        ]
        delivered = [event for event in ear.heard if isinstance(event, Status)]
        assert len(delivered) == (2 if name == "messenger" else 0)

    async def test_a_repeat_carries_the_same_id(self, name, meta, client, ear):
        body = meta.write("uno")
        odd = meta.body({"something_new": 1})
        for one in (body, odd, body, odd):
            assert await self.post(client, meta, name, one) == 200
        assert ear.heard[:2] == ear.heard[2:]

    async def test_one_that_cannot_be_stored_holds_up_no_other(
        self, name, meta, client, ear, caplog
    ):
        ear.errors = {"segreto": [OSError("quotes segreto")]}
        events = [
            {
                "sender": {"id": "4242"},
                "recipient": {"id": meta.rules.account},
                "timestamp": number,
                "message": {"mid": f"m_{number}", "text": text},
            }
            for number, text in enumerate(["uno", "segreto", "tre"])
        ]
        body = meta.body(*events)
        assert await self.post(client, meta, name, body) == 503
        assert ear.texts == ["uno", "tre"]
        assert await self.post(client, meta, name, body) == 200
        assert ear.texts == ["uno", "tre", "uno", "segreto", "tre"]
        assert "segreto" not in caplog.text

    async def test_a_button_that_no_longer_counts_is_acknowledged(self, name, meta, client, ear):
        ear.errors = {"voto:5": [NotOffered("voto:5")]}
        event = {
            "sender": {"id": "4242"},
            "recipient": {"id": meta.rules.account},
            "postback": {"mid": "m_1", "title": "5", "payload": "voto:5"},
        }
        assert await self.post(client, meta, name, meta.body(event)) == 200
        assert ear.heard == []

    @pytest.mark.parametrize("broken", [None, 7, "x", [], {}, {"message": None}, {"message": []}])
    async def test_what_cannot_be_read_is_kept(self, name, meta, client, ear, broken):
        assert await self.post(client, meta, name, meta.body(broken)) == 200
        (event,) = ear.heard
        assert (type(event).__name__, event.kind) == ("Oddity", "unreadable")

    async def test_an_id_that_no_column_holds_is_kept_as_odd(self, name, meta, client, ear):
        event = {
            "sender": {"id": "4242"},
            "recipient": {"id": meta.rules.account},
            "message": {"mid": "m" * 300, "text": "Buongiorno"},
        }
        assert await self.post(client, meta, name, meta.body(event)) == 200
        assert [event.kind for event in ear.heard] == ["unreadable"]

    async def test_an_oddity_is_cut_at_64_kilobytes(self, name, meta, client, ear):
        body = meta.body({"something": "è" * 100_000})
        assert await self.post(client, meta, name, body) == 200
        assert len(ear.heard[0].body) == 64_000

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
    async def test_what_is_no_post_is_a_bad_request(self, name, meta, client, ear, body):
        assert await self.post(client, meta, name, body) == 400

    async def test_a_huge_body_is_not_read(self, name, meta, client, ear):
        assert await self.post(client, meta, name, b"x" * 4_000_000) == 413


class TestFetching:
    async def test_an_attachment_with_its_type(self, meta, channel):
        meta.files["/a/referto.pdf"] = Reply(
            body=b"%PDF", headers={"Content-Type": "application/pdf; x=y"}
        )
        file = await channel.fetch(f"{meta.api_url}/a/referto.pdf?oh=1", at_most=4)
        assert (file.name, file.media_type, file.content) == (
            "referto.pdf",
            "application/pdf",
            b"%PDF",
        )
        assert "Authorization" not in meta.calls[-1].headers

    async def test_no_more_than_wanted(self, meta, channel):
        meta.files["/a"] = Reply(body=b"x" * 1_000_000)
        with pytest.raises(PermanentFailure, match="grande"):
            await channel.fetch(f"{meta.api_url}/a", at_most=999_999)

    @pytest.mark.parametrize(
        "address",
        [
            "http://scontent.xx.fbcdn.net/a",
            "https://scontent.xx.fbcdn.net:8443/a",
            "https://fbcdn.net.example.org/a",
            "https://evilfbcdn.net/a",
            "https://scontent.fbcdn.net@127.0.0.1/a",
            "http://127.0.0.1:1/a",
            "file:///etc/passwd",
            "//fbcdn.net",
            "",
            "https://[",
        ],
    )
    async def test_from_nowhere_else(self, meta, channel, address):
        with pytest.raises(PermanentFailure):
            await channel.fetch(address, at_most=10)
        assert meta.calls == []

    async def test_a_redirection_does_not_lead_elsewhere(self, meta, channel):
        with FakeMeta(meta.rules) as elsewhere:
            to = {"Location": f"{elsewhere.api_url}/a"}
            meta.files["/a"] = Reply(status=302, headers=to)
            with pytest.raises(PermanentFailure):
                await channel.fetch(f"{meta.api_url}/a", at_most=10)
            assert elsewhere.calls == []

    async def test_a_redirection_at_home_is_followed_and_a_circle_left(self, meta, channel):
        meta.files["/a"] = Reply(status=302, headers={"Location": "/b"})
        meta.files["/b"] = Reply(body=b"x")
        assert (await channel.fetch(f"{meta.api_url}/a", at_most=1)).content == b"x"
        meta.files["/b"] = Reply(status=302, headers={"Location": "/a"})
        with pytest.raises(PermanentFailure):
            await channel.fetch(f"{meta.api_url}/a", at_most=1)

    @pytest.mark.parametrize(
        ("status", "kind"),
        [(403, PermanentFailure), (410, PermanentFailure), (503, TemporaryFailure)],
    )
    async def test_what_is_gone_is_told_from_what_is_away(self, meta, channel, status, kind):
        meta.files["/a"] = Reply(status=status)
        with pytest.raises(kind) as failure:
            await channel.fetch(f"{meta.api_url}/a?oh=signed", at_most=10)
        assert "signed" not in str(failure.value)


class TestTrouble:
    async def test_none_when_all_is_well(self, channel):
        assert await channel.trouble() is None

    @pytest.mark.parametrize("apps", [[], [{"id": "5"}], [{"id": "77"}]])
    async def test_an_account_that_is_not_subscribed(self, meta, channel, apps):
        meta.apps = apps
        assert await channel.trouble() == UNSUBSCRIBED

    async def test_a_token_that_is_refused(self, name, meta, channel):
        meta.fail(fake_meta.UNAUTHORIZED)
        assert f"SPORTELLO_{name.upper()}" in str(await channel.trouble())

    @pytest.mark.parametrize("fault", [fake_meta.BROKEN, fake_meta.HANG, fake_meta.GARBAGE])
    async def test_silence(self, meta, hasty, fault):
        meta.fail(fault)
        assert await hasty.trouble() == SILENT


class TestSettings:
    @pytest.mark.parametrize("setting", ["TOKEN", "APP_SECRET", "VERIFY_TOKEN", "ID"])
    @pytest.mark.parametrize("value", ["", "shortish"])
    def test_a_wrong_one_stops_the_boot_without_being_shown(
        self, monkeypatch, name, setting, value
    ):
        own = {
            ("messenger", "TOKEN"): "PAGE_TOKEN",
            ("messenger", "ID"): "PAGE_ID",
            ("instagram", "ID"): "ACCOUNT_ID",
        }
        setting = own.get((name, setting), setting)
        monkeypatch.setenv(f"SPORTELLO_{name.upper()}_{setting}", value)
        with pytest.raises(NotOpened) as error:
            open_channels([name])
        assert not value or value not in str(error.value)

    def test_one_short_secret_of_two_stops_the_boot(self, monkeypatch):
        monkeypatch.setenv("SPORTELLO_INSTAGRAM_APP_SECRET", "fake-app-secret-of-meta,")
        with pytest.raises(NotOpened):
            open_channels(["instagram"])

    def test_instagram_is_reached_by_the_page_when_there_is_one(self):
        settings = instagram.InstagramSettings(page_id="1001")
        by_page, alone = (
            instagram.account(one) for one in (settings, instagram.InstagramSettings())
        )
        assert by_page.url == "https://graph.facebook.com/v25.0/1001"
        assert alone.url == "https://graph.instagram.com/v25.0/2002"

    async def test_no_log_holds_a_token_an_address_or_words(
        self, name, meta, client, channel, ear, caplog
    ):
        caplog.set_level(logging.DEBUG)
        ear.errors = {"segreto": [OSError("segreto")]}
        body = meta.write("segreto", citizen="4242")
        await client.post(f"/{name}", content=body, headers=meta.sign(body))
        meta.files["/a"] = Reply(body=b"x")
        await channel.fetch(f"{meta.api_url}/a?oh=signed", at_most=1)
        await channel.send(HELLO)
        for word in (meta.rules.token, "segreto", HELLO.text, "4242", "signed"):
            assert word not in caplog.text
