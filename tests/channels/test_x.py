"""What only X does; what every channel does is in test_every_channel.py."""

import gzip
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from handoff.channel import (
    Button,
    Echo,
    Event,
    File,
    NotOffered,
    Outbound,
    PermanentFailure,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
)
from handoff.channel.webhook import signature
from handoff.channels.x import X, refusals
from handoff.channels.x.oauth import Keys, authorization
from handoff.channels.x.settings import XSettings
from tests import fake_x
from tests.fake_x import FakeX, Fault, message, received, signed
from tests.loopback import Reply
from tests.postgres import free_port

HELLO = Outbound(key="1", address="2222", text="Buongiorno")
PHOTO = File(name="mappa.png", media_type="image/png", content=b"\x89PNG map")
REFERENCE = "1034828552951160836/1034828533812486145/oP5p359h.jpg"


@pytest.fixture
def api() -> Iterator[FakeX]:
    with FakeX() as api:
        yield api


@asynccontextmanager
async def opened(url: str, *, begin_within: float = 5) -> AsyncIterator[X]:
    settings = XSettings(api_url=url, media_url=url)
    x = X(settings, answer_within=0.3, begin_within=begin_within)
    yield x
    await x.close()


@pytest.fixture
async def x(api: FakeX) -> AsyncIterator[X]:
    async with opened(api.url) as x:
        yield x


class Gate:
    """Stands where the gateway stands; raises what is set for a text."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.errors: dict[str, Exception] = {}

    async def receive(self, event: Event) -> None:
        if error := self.errors.get(getattr(event, "text", "")):
            raise error
        self.heard.append(event)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def web(x: X, gate: Gate) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(x.routes(gate.receive))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sportello") as client:
        yield client


async def post(web: httpx.AsyncClient, body: object, **headers: str) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = await web.post("/webhooks/x", content=raw, headers=signed(raw) | headers)
    return response.status_code


class TestPictures:
    async def test_the_first_goes_with_the_text_and_others_by_themselves(self, api, x):
        outbound = replace(HELLO, files=(PHOTO, PHOTO))
        receipt = await x.send(outbound)
        assert api.sent == [
            {"to": "2222", "text": "Buongiorno", "attachments": [{"media_id": "901"}]},
            {"to": "2222", "attachments": [{"media_id": "902"}]},
        ]
        assert len(receipt.external_ids) == len(x.parts_of(outbound)) == 2
        assert b'name="media_category"\r\n\r\ndm_image' in api.uploads[0]
        assert PHOTO.content in api.uploads[0]

    async def test_a_slow_send_ends_before_its_lease_and_goes_on_after_what_arrived(self, api):
        outbound = replace(HELLO, files=(PHOTO, PHOTO))
        async with opened(api.url, begin_within=0) as x:
            with pytest.raises(TemporaryFailure):
                await x.send(outbound)
            assert len((await x.send(outbound)).external_ids) == len(api.sent) == 2

    async def test_a_text_stays_one_message_and_nothing_is_none(self, x):
        assert x.parts_of(HELLO) == ["Buongiorno"]
        assert x.parts_of(replace(HELLO, text="")) == []

    @pytest.mark.parametrize(
        "fault",
        [fake_x.DROP, fake_x.GARBAGE, fake_x.HANG, fake_x.BROKEN],
        ids=["drop", "garbage", "hang", "broken"],
    )
    async def test_an_upload_without_an_answer_is_tried_again_and_nothing_was_said(
        self, api, x, fault
    ):
        outbound = replace(HELLO, files=(PHOTO,))
        api.fail(fault)
        with pytest.raises(TemporaryFailure):
            await x.send(outbound)
        assert api.sent == []
        await x.send(outbound)
        assert [part["text"] for part in api.sent] == ["Buongiorno"]

    @pytest.mark.parametrize("status", [400, 404, 413])
    async def test_one_that_x_refuses_fails_for_good_and_blames_no_citizen(self, api, x, status):
        api.fail(Fault(status=status, description="Invalid media"))
        with pytest.raises(PermanentFailure) as refused:
            await x.send(replace(HELLO, files=(PHOTO,)))
        assert not isinstance(refused.value, Unreachable)

    @pytest.mark.parametrize(
        ("media_type", "size", "goes"),
        [
            ("image/jpeg", 5_000_000, True),
            ("image/jpeg", 5_000_001, False),
            ("image/gif", 10, False),
            ("application/pdf", 10, False),
        ],
    )
    async def test_what_cannot_go_is_told_before(self, x, media_type, size, goes):
        assert (x.refuses(media_type, size) is None) is goes


class TestSending:
    async def test_goes_to_the_citizen_in_our_account_s_name(self, api, x):
        receipt = await x.send(HELLO)
        assert api.sent == [{"to": "2222", "text": "Buongiorno"}]
        assert receipt.external_ids == ("1",)

    async def test_choices_stand_below_the_text_with_numbers(self, api, x):
        buttons = tuple(Button(title=t, payload=t) for t in ("Orari", "Parcheggio"))
        await x.send(Outbound(key="1", address="2222", text="Che cosa cerca?", buttons=buttons))
        assert api.sent[0]["text"] == "Che cosa cerca?\n\n1. Orari\n2. Parcheggio"

    async def test_a_long_text_goes_on_where_it_was_interrupted(self, api, x):
        text = ("parola " * 3000).strip()
        api.fail(None, fake_x.BROKEN)
        with pytest.raises(TemporaryFailure):
            await x.send(Outbound(key="1", address="2222", text=text))
        receipt = await x.send(Outbound(key="1", address="2222", text=text))
        assert receipt.external_ids == ("1", "2", "3")
        assert " ".join(part["text"] for part in api.sent) == text

    async def test_after_fifteen_messages_waits_until_the_window_begins_anew(self, api, x):
        for number in range(15):
            await x.send(Outbound(key=str(number), address="2222", text="Buongiorno"))
        for key in ("15", "16"):
            with pytest.raises(TemporaryFailure) as failure:
                await x.send(Outbound(key=key, address="3333", text="Buongiorno"))
            assert timedelta(seconds=880) < failure.value.retry_after <= timedelta(seconds=900)
        assert len(api.paths) == 15

    async def test_a_refusal_for_the_limit_tells_when_to_come_again(self, api, x):
        api.sent += [{}] * 15  # by another process
        with pytest.raises(TemporaryFailure) as failure:
            await x.send(HELLO)
        assert timedelta(seconds=880) < failure.value.retry_after <= timedelta(seconds=900)

    async def test_a_window_that_has_ended_meanwhile_is_open(self, api, x):
        api.resets_at = int(time.time()) - 5
        api.sent += [{}] * 15
        with pytest.raises(TemporaryFailure) as failure:
            await x.send(HELLO)
        assert failure.value.retry_after == timedelta(seconds=1)

    async def test_a_limit_without_its_headers_is_a_minute(self, api, x):
        api.fail(Fault(status=429, description="Too Many Requests"))
        with pytest.raises(TemporaryFailure) as failure:
            await x.send(HELLO)
        assert failure.value.retry_after == timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("errors", "kind"),
        [
            ([{"code": 349}], Unreachable),
            ([{"code": 326}], PermanentFailure),
            ([{"code": []}, 349], PermanentFailure),
            ("?", PermanentFailure),
            (None, PermanentFailure),
        ],
    )
    def test_understands_the_older_codes(self, errors, kind):
        failure = refusals.failure(httpx.Response(403, json={"errors": errors}))
        assert type(failure) is kind

    @pytest.mark.parametrize("whose", ["user", "app"])
    def test_a_used_up_day_is_longer_than_a_quarter_of_an_hour(self, whose):
        now = int(time.time())
        headers = {
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": str(now + 900),
            f"x-{whose}-limit-24hour-remaining": "0",
            f"x-{whose}-limit-24hour-reset": str(now + 40_000),
        }
        failure = refusals.failure(httpx.Response(429, headers=headers))
        assert timedelta(seconds=39_900) < failure.retry_after <= timedelta(seconds=40_000)

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            (fake_x.CLOSED_DOOR, Unreachable),
            (fake_x.FORBIDDEN, PermanentFailure),
            (Fault(status=404, description="Not Found"), Unreachable),
            (fake_x.NO_PERMISSION, TokenRefused),
            (Fault(status=401, description="Unauthorized"), TokenRefused),
            (fake_x.PAY, TemporaryFailure),
            (fake_x.BROKEN, TemporaryFailure),
            (Fault(status=400, description="Invalid Request"), PermanentFailure),
            (fake_x.GARBAGE, UnknownOutcome),
            (Fault(status=504, description="Gateway Timeout"), UnknownOutcome),
            (fake_x.HANG, UnknownOutcome),
            (fake_x.DROP, UnknownOutcome),
            (Fault(manner="garbage", status=200), UnknownOutcome),
            (Fault(manner="hang", happens=True), UnknownOutcome),
        ],
        ids=str,
    )
    async def test_tells_what_a_failure_means(self, api, x, fault, kind):
        api.fail(fault)
        with pytest.raises(kind) as failure:
            await x.send(HELLO)
        assert type(failure.value) is kind
        assert "2222" not in str(failure.value)

    async def test_what_never_left_may_be_tried_again(self):
        async with opened(f"http://127.0.0.1:{free_port()}") as x:
            with pytest.raises(TemporaryFailure):
                await x.send(HELLO)

    @pytest.mark.parametrize("address", ["", "ada", "1/../2", "²"])
    async def test_what_is_no_account_is_never_called(self, api, x, address):
        with pytest.raises(PermanentFailure):
            await x.send(Outbound(key="1", address=address, text="Buongiorno"))
        assert api.paths == []


class TestEchoes:
    async def test_are_told_with_their_words_and_links(self, web, gate):
        seen = message("Orari &amp; sedi:  https://t.co/a1", sender="1111", recipient="2222")
        assert await post(web, received(seen, kind="dm.sent")) == 200
        assert [(type(event), event.address, event.text) for event in gate.heard] == [
            (Echo, "2222", "Orari &amp; sedi:  https://t.co/a1")
        ]

    async def test_the_words_of_ours_are_known_beforehand(self, api, x):
        sent = replace(HELLO, text="a " * 6000, buttons=(Button(title="Orari", payload="o"),))
        await x.send(sent)
        assert [said["text"] for said in api.sent] == x.parts_of(sent)


class TestReceiving:
    async def test_proves_that_it_knows_the_secret(self, web):
        response = await web.get("/webhooks/x", params={"crc_token": "crc-123=="})
        expected = signature(fake_x.CONSUMER_SECRET, b"crc-123==", form="base64")
        assert response.json() == {"response_token": expected}

    def test_signs_as_x_does(self):
        assert (
            signature("consumer-secret", b"crc-123", form="base64")
            == "sha256=O7uw7J4JPXZu290glTGmKPmiw+3zacvpj5jistrvVHY="
        )
        assert (
            signature("consumer-secret", b'{"data":{"event_uuid":"1"}}', form="base64")
            == "sha256=rr4NtKqvuBiKfan7fDfr6u83DUKvm7t373UpISLs4DU="
        )

    @pytest.mark.parametrize("token", ["", '{"data":{}}', " {}", "{", "a" * 257, "é"])
    async def test_signs_nothing_that_could_be_posted_as_an_event(self, web, token):
        response = await web.get("/webhooks/x", params={"crc_token": token})
        assert response.status_code == 400

    async def test_the_same_meaning_in_other_bytes_is_forged(self, web, gate):
        raw = json.dumps(received(message("perché"))).encode()
        again = raw.replace(rb"\u00e9", "é".encode())
        assert await post(web, again, **signed(raw)) == 401
        assert gate.heard == []

    async def test_another_secret_is_forged(self, web):
        raw = json.dumps(received(message("ciao"))).encode()
        assert await post(web, raw, **signed(raw, "another-secret-of-x")) == 401

    @pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 100_000])
    async def test_what_is_no_object_is_refused(self, web, raw):
        assert await post(web, raw) == 400

    async def test_what_is_too_large_is_refused(self, web):
        assert await post(web, b" " * 3_000_001) == 413

    async def test_a_repeat_has_the_same_id(self, web, gate):
        for _ in range(2):
            await post(web, received(message("ciao")))
        assert len({event.external_id for event in gate.heard}) == 1

    async def test_one_that_cannot_be_stored_comes_again_and_holds_up_none(
        self, web, gate, caplog
    ):
        gate.errors["due"] = RuntimeError("secret words")
        batch = received(
            *(message(text, number=n) for n, text in enumerate(("uno", "due", "tre")))
        )
        assert await post(web, batch) == 503
        assert [event.text for event in gate.heard] == ["uno", "tre"]
        assert "secret words" not in caplog.text

    async def test_a_choice_that_counts_no_longer_is_acknowledged(self, web, gate):
        gate.errors["uno"] = NotOffered("uno")
        assert await post(web, received(message("uno"))) == 200

    async def test_shuffled_messages_keep_their_own_ids(self, web, gate):
        for number in (3, 1, 2):
            await post(web, received(message(str(number), number=number)))
        assert [(e.external_id, e.text) for e in gate.heard] == [
            ("3", "3"),
            ("1", "1"),
            ("2", "2"),
        ]


class TestAttachments:
    async def test_a_picture_is_fetched_as_our_account(self, api, x):
        file = await x.fetch(REFERENCE, at_most=1000)
        assert (file.content, file.media_type, file.name) == (
            fake_x.PICTURE,
            "image/jpeg",
            "oP5p359h.jpg",
        )
        assert api.paths == [f"/1.1/ton/data/dm/{REFERENCE}"]

    async def test_a_small_answer_does_not_unfold_into_a_huge_one(self, api, x):
        packed = gzip.compress(bytes(5_000_000))
        api.fail(Reply(body=packed, headers={"Content-Encoding": "gzip"}))
        assert (await x.fetch(REFERENCE, at_most=100_000)).content == packed
        assert api.calls[-1].headers["Accept-Encoding"] == "identity"

    async def test_a_picture_that_is_too_large_is_left(self, x):
        with pytest.raises(PermanentFailure):
            await x.fetch(REFERENCE, at_most=5)

    @pytest.mark.parametrize("reference", ["", "../../2/users/me", "1/2/3/a.jpg", "1/2/a.jpg?b"])
    async def test_nothing_else_is_fetched(self, api, x, reference):
        with pytest.raises(PermanentFailure):
            await x.fetch(reference, at_most=1000)
        assert api.paths == []

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            (Fault(status=404), PermanentFailure),
            (Fault(status=401), TokenRefused),
            (Fault(status=429), TemporaryFailure),
            (fake_x.BROKEN, TemporaryFailure),
            (fake_x.HANG, TemporaryFailure),
            (fake_x.DROP, TemporaryFailure),
        ],
        ids=str,
    )
    async def test_tells_why_a_picture_cannot_be_had(self, api, x, fault, kind):
        api.fail(fault)
        with pytest.raises(kind) as failure:
            await x.fetch(REFERENCE, at_most=1000)
        assert type(failure.value) is kind


class TestTrouble:
    async def test_none_when_all_is_well_and_the_account_is_asked_once_an_hour(self, api, x):
        assert await x.trouble() is None
        assert await x.trouble() is None
        assert api.paths.count("/2/users/me") == 1

    async def test_after_a_revocation_the_account_is_asked_at_once(self, api, web, x):
        await x.trouble()
        payload = {"user_id": "1111", "app_id": "7"}
        revoked = {"event_uuid": "8", "event_type": "oauth.revoke", "payload": payload}
        await post(web, {"data": revoked})
        api.account = "9999"
        assert await x.trouble() == "le credenziali di X sono di un altro account"

    async def test_a_webhook_that_x_does_not_know(self, api, x):
        api.webhooks = [{"id": "1", "url": "https://elsewhere.example.it", "valid": True}]
        assert await x.trouble() == "il nostro webhook non è registrato presso X"

    async def test_a_webhook_that_x_no_longer_calls(self, api, x):
        api.webhooks[0]["valid"] = False
        assert await x.trouble() == "X ha sospeso il nostro webhook: va convalidato di nuovo"

    async def test_nobody_tells_us_of_messages(self, api, x):
        api.subscriptions = [{"event_type": "dm.sent", "filter": {"user_id": "1111"}}]
        assert "dm.received" in str(await x.trouble())

    async def test_the_older_api_lists_its_subscriptions_elsewhere(self, api):
        settings = XSettings(api_url=api.url, account_activity=True)
        x = X(settings)
        assert await x.trouble() is None
        await x.close()
        assert "/2/activity/subscriptions" not in api.paths

    @pytest.mark.parametrize(
        ("faults", "told"),
        [
            ([Fault(status=401)], "SPORTELLO_X_BEARER_TOKEN"),
            ([None, None, Fault(status=401)], "SPORTELLO_X_ACCESS_TOKEN"),
            ([fake_x.PAY], "credito"),
            ([fake_x.BROKEN], "503"),
            ([fake_x.HANG], "non risponde"),
            ([fake_x.GARBAGE], "502"),
        ],
    )
    async def test_says_what_x_refuses(self, api, x, faults, told):
        api.fail(*faults)
        assert told in str(await x.trouble())

    async def test_asking_too_often_is_no_trouble_of_the_channel(self, api, x):
        api.fail(Fault(status=429))
        assert await x.trouble() is None


class TestSettings:
    @pytest.mark.parametrize(
        "name", ["CONSUMER_SECRET", "ACCESS_TOKEN", "BEARER_TOKEN", "CONSUMER_KEY"]
    )
    @pytest.mark.parametrize("value", ["", "short"])
    def test_a_short_secret_stops_the_boot_and_is_not_told(self, monkeypatch, name, value):
        monkeypatch.setenv(f"SPORTELLO_X_{name}", value)
        with pytest.raises(ValidationError) as error:
            XSettings()
        assert "input_value" not in str(error.value)

    def test_the_name_of_an_account_is_not_its_number(self):
        with pytest.raises(ValidationError):
            XSettings(account_id="@ospedale")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("api.twitter.com/1", "tnnArxj06cWHq44gCs1OSKk%2FjLY%3D"),
        ("api.twitter.com/1.1", "hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"),
        ("api.x.com/1.1", "Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D"),
    ],
)
def test_signs_requests_as_x_s_own_example(place: str, expected: str) -> None:
    """The example of X's page on creating a signature, in its three editions."""
    keys = Keys(
        consumer_key="xvz1evFS4wEEPTGEFPHBog",
        consumer_secret="kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        access_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        access_token_secret="LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    header = authorization(
        keys,
        "POST",
        f"https://{place}/statuses/update.json",
        fields={
            "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
            "include_entities": "true",
        },
        nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        timestamp=1318622958,
    )
    assert f'oauth_signature="{expected}"' in header
