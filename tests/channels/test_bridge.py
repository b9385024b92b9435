"""What only the bridge does; what every channel does is in test_every_channel.py."""

import asyncio
import base64
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from handoff.channel import (
    Button,
    Event,
    File,
    Inbound,
    NotOffered,
    Outbound,
    PermanentFailure,
    Status,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)
from handoff.channels.bridge import Bridge
from handoff.channels.bridge.seal import sealed
from handoff.channels.bridge.settings import BridgeSettings
from tests import fake_bridge
from tests.fake_bridge import SECRET, FakeBridge, Fault
from tests.loopback import Reply
from tests.postgres import free_port

NOW = 1_790_000_000.0
CLIENT = Path(__file__).parents[2] / "docs" / "canali" / "bridge_client.py"
SAID = {"id": "m-1", "from": "ada", "name": "Ada", "text": "Buongiorno", "network": "linkedin"}
HELLO = Outbound(key="k-1", address="linkedin:urn:li:person:7", text="Al piano terra")


@pytest.fixture
def gateway() -> Iterator[FakeBridge]:
    with FakeBridge() as gateway:
        yield gateway


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Bridge]:
    bridge = Bridge(BridgeSettings(url=url), answer_within=0.3, clock=lambda: NOW)
    yield bridge
    await bridge.close()


@pytest.fixture
async def bridge(gateway: FakeBridge) -> AsyncIterator[Bridge]:
    async with opened(gateway.url) as bridge:
        yield bridge


class Gate:
    """Stands where the service's gateway stands; raises what is set."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.error: Exception | None = None

    async def receive(self, event: Event) -> None:
        if self.error:
            raise self.error
        self.heard.append(event)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def web(bridge: Bridge, gate: Gate) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(bridge.routes(gate.receive))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sportello") as client:
        yield client


async def post(
    web: httpx.AsyncClient, body: object, *, at: float = NOW, secret: str = SECRET, **headers: str
) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = sealed(secret, raw, at) | headers
    return await web.post("/webhooks/bridge", content=raw, headers=headers)


class TestReceiving:
    async def test_tells_the_partner_that_it_understood(self, web, gate):
        assert (await post(web, SAID)).json() == {"understood": True}
        assert [event.address for event in gate.heard] == ["linkedin:ada"]

    async def test_tells_the_partner_which_field_it_did_not_understand(self, web, gate):
        response = await post(web, {**SAID, "network": "Linked In"})
        assert response.json() == {"understood": False, "field": "network"}

    @pytest.mark.parametrize("age", [-300, -1, 0, 1, 300])
    async def test_clocks_may_differ_by_five_minutes(self, web, age):
        assert (await post(web, SAID, at=NOW - age)).status_code == 200

    @pytest.mark.parametrize("age", [-301, 301, 86_400])
    async def test_what_was_overheard_is_worth_nothing_later(self, web, gate, age):
        assert (await post(web, SAID, at=NOW - age)).status_code == 401
        assert gate.heard == []

    async def test_a_fresh_time_on_an_old_signature_is_forged(self, web):
        fresh = {"X-Sportello-Timestamp": str(int(NOW))}
        assert (await post(web, SAID, at=NOW - 900, **fresh)).status_code == 401

    @pytest.mark.parametrize("time", ["", "now", "1e9", "²", "9" * 400, "-1"])
    async def test_what_is_no_time_is_refused_though_signed(self, web, time):
        raw = json.dumps(SAID).encode()
        signature = sealed(SECRET, time.encode() + b"." + raw, NOW)["X-Sportello-Signature"]
        headers = {"X-Sportello-Timestamp": time.encode(), "X-Sportello-Signature": signature}
        response = await web.post("/webhooks/bridge", content=raw, headers=headers)
        assert response.status_code == 401

    async def test_the_same_meaning_in_other_bytes_is_forged(self, web):
        raw = json.dumps({**SAID, "text": "perché"}).encode()
        again = raw.replace(rb"\u00e9", "é".encode())
        assert (await post(web, again, **sealed(SECRET, raw, NOW))).status_code == 401

    async def test_another_secret_is_forged(self, web):
        assert (await post(web, SAID, secret="another" * 5)).status_code == 401

    @pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
    async def test_what_is_no_object_is_refused(self, web, raw):
        assert (await post(web, raw)).status_code == 400

    async def test_what_is_too_large_is_refused(self, web):
        assert (await post(web, b" " * 3_000_001)).status_code == 413

    async def test_a_repeat_has_the_same_id_and_another_network_another(self, web, gate):
        for network in ("linkedin", "linkedin", "tiktok"):
            await post(web, {**SAID, "network": network})
        ids = [event.external_id for event in gate.heard]
        assert ids == ["linkedin:m-1", "linkedin:m-1", "tiktok:m-1"]

    async def test_what_cannot_be_stored_comes_again(self, web, gate, caplog):
        gate.error = RuntimeError("secret words")
        assert (await post(web, SAID)).status_code == 503
        assert "secret words" not in caplog.text

    async def test_a_choice_that_counts_no_longer_is_acknowledged(self, web, gate):
        gate.error = NotOffered("parcheggio")
        assert (await post(web, {**SAID, "payload": "parcheggio"})).status_code == 200


@pytest.mark.parametrize("given", [None, "true"])
async def test_files_are_offered_only_where_the_partner_brings_them(monkeypatch, given):
    if given:
        monkeypatch.setenv("SPORTELLO_BRIDGE_FILES", given)
    opened = Bridge(BridgeSettings())
    await opened.close()
    assert opened.takes_files is bool(given)


class TestSending:
    async def test_hands_over_all_that_a_network_may_use(self, gateway, bridge):
        button = Button(title="Orari", payload="orari")
        receipt = await bridge.send(
            Outbound(key="k-1", address="linkedin:urn:li:7", text="Ecco", buttons=(button,))
        )
        assert gateway.sent == [
            {
                "key": "k-1",
                "network": "linkedin",
                "to": "urn:li:7",
                "text": "Ecco",
                "buttons": [{"title": "Orari", "payload": "orari"}],
                "author": "bot",
            }
        ]
        assert receipt.external_ids == ("g-1",)

    async def test_hands_over_files_with_their_hash(self, gateway, bridge):
        form = File(name="modulo.pdf", media_type="application/pdf", content=b"%PDF \xff")
        await bridge.send(replace(HELLO, files=(form,)))
        (told,) = gateway.sent[0]["files"]
        assert (told["name"], told["media_type"]) == ("modulo.pdf", "application/pdf")
        assert base64.b64decode(told["content"]) == form.content
        assert told["sha256"] == hashlib.sha256(form.content).hexdigest()

    async def test_more_than_a_gateway_must_take_is_refused_before_it_leaves(
        self, gateway, bridge
    ):
        half = File(name="a.pdf", media_type="application/pdf", content=bytes(11_000_000))
        with pytest.raises(PermanentFailure):
            await bridge.send(replace(HELLO, files=(half, half)))
        assert gateway.calls == []

    async def test_is_signed_as_what_comes_in(self, gateway, bridge):
        await bridge.send(HELLO)
        (call,) = gateway.calls
        assert call.headers["X-Sportello-Signature"] == fake_bridge.signed(call)
        assert call.headers["X-Sportello-Timestamp"] == "1790000000"

    async def test_a_repeat_after_silence_reaches_the_citizen_once(self, gateway, bridge):
        gateway.fail(Fault(manner="hang", happens=True))
        with pytest.raises(UnknownOutcome):
            await bridge.send(HELLO)
        assert (await bridge.send(HELLO)).external_ids == ("g-1",)
        assert len(gateway.sent) == 1
        assert bridge.recognises_repeats

    @pytest.mark.parametrize(
        ("end", "kind", "told"),
        [
            (Fault(status=410, description="unreachable"), Unreachable, "raggiungibile"),
            (Fault(status=409, description="window_closed"), WindowClosed, "scaduto"),
            (Fault(status=422, description="refused"), PermanentFailure, "rifiutato"),
            (Fault(status=503, description="later"), TemporaryFailure, "rinviato"),
            (
                Reply(status=422, body={"error": "refused", "reason": "Testo troppo lungo"}),
                PermanentFailure,
                "Testo troppo lungo",
            ),
            (Reply(status=401), TokenRefused, "firma"),
            (Reply(status=404), TemporaryFailure, "indirizzo"),
            (Reply(status=301, headers={"Location": "/"}), TemporaryFailure, "indirizzo"),
            (Reply(status=400), PermanentFailure, "400"),
            (Reply(status=500), UnknownOutcome, "500"),
            (Reply(body=b"<html>Log in, please</html>"), UnknownOutcome, "confermato"),
            (Reply(body={"id": ""}), UnknownOutcome, "confermato"),
            (Reply(body=["id"]), UnknownOutcome, "confermato"),
            (fake_bridge.GARBAGE, UnknownOutcome, "502"),
            (fake_bridge.HANG, UnknownOutcome, "rispo"),
            (fake_bridge.DROP, UnknownOutcome, "rispo"),
        ],
        ids=str,
    )
    async def test_tells_what_a_failure_means(self, gateway, bridge, end, kind, told):
        gateway.fail(end)
        with pytest.raises(kind, match=told) as failure:
            await bridge.send(HELLO)
        assert type(failure.value) is kind

    @pytest.mark.parametrize(
        ("header", "wait"),
        [
            ("30", timedelta(seconds=30)),
            ("Mon, 21 Sep 2026 14:14:20 GMT", timedelta(seconds=60)),
            ("Mon, 21 Sep 2020 14:14:20 GMT", timedelta(seconds=1)),
            ("9" * 30, timedelta(days=1)),
            ("soon", None),
        ],
    )
    async def test_waits_as_long_as_the_gateway_asks(self, gateway, bridge, header, wait):
        gateway.fail(Reply(status=429, headers={"Retry-After": header}))
        with pytest.raises(TemporaryFailure) as failure:
            await bridge.send(HELLO)
        assert failure.value.retry_after == wait

    async def test_what_never_left_may_be_tried_again(self):
        async with opened(f"http://127.0.0.1:{free_port()}") as bridge:
            with pytest.raises(TemporaryFailure):
                await bridge.send(HELLO)

    def test_signs_as_the_documentation_says(self):
        headers = sealed(SECRET, b'{"id":"m-1"}', NOW)
        assert headers["X-Sportello-Signature"] in (CLIENT.parent / "bridge.md").read_text()


class TestTrouble:
    async def test_a_gateway_that_answers_is_well(self, gateway, bridge):
        assert await bridge.trouble() is None
        assert gateway.sent == []

    @pytest.mark.parametrize(
        ("end", "told"),
        [
            (Reply(status=401), "SPORTELLO_BRIDGE_SECRET"),
            (Reply(status=404), "SPORTELLO_BRIDGE_URL"),
            (fake_bridge.GARBAGE, "502"),
            (fake_bridge.HANG, "non risponde"),
        ],
    )
    async def test_says_what_is_wrong(self, gateway, bridge, end, told):
        gateway.fail(end)
        assert told in str(await bridge.trouble())


class TestSettings:
    @pytest.mark.parametrize("secret", ["", "short", "x" * 31])
    def test_a_short_secret_stops_the_boot_and_is_not_told(self, monkeypatch, secret):
        monkeypatch.setenv("SPORTELLO_BRIDGE_SECRET", secret)
        with pytest.raises(ValidationError) as error:
            BridgeSettings()
        assert "input_value" not in str(error.value)

    @pytest.mark.parametrize("url", ["", "gateway.example.org", "ftp://gateway.example.org"])
    def test_an_address_that_cannot_be_posted_to_stops_the_boot(self, monkeypatch, url):
        monkeypatch.setenv("SPORTELLO_BRIDGE_URL", url)
        with pytest.raises(ValidationError):
            BridgeSettings()


@contextmanager
def client(*arguments: str, secret: str = SECRET) -> Iterator[subprocess.Popen[str]]:
    """The example of the documentation, run as a partner runs it."""
    process = subprocess.Popen(
        [sys.executable, str(CLIENT), *arguments],
        env={**os.environ, "SPORTELLO_BRIDGE_SECRET": secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


async def line(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    return dict(json.loads(await asyncio.to_thread(process.stdout.readline)))


@asynccontextmanager
async def served(bridge: Bridge, gate: Gate) -> AsyncIterator[str]:
    """The webhook on a socket of its own, which takes calls from the first moment on."""
    app = FastAPI()
    app.include_router(bridge.routes(gate.receive))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


class TestExampleClient:
    @pytest.fixture
    async def sportello(self, gate: Gate) -> AsyncIterator[str]:
        bridge = Bridge(BridgeSettings())
        async with served(bridge, gate) as url:
            yield url
        await bridge.close()

    async def test_brings_a_message_in(self, sportello, gate):
        with client("say", "--to", sportello, "--id", "m-1", "perché?") as partner:
            assert await line(partner) == {"understood": True}
        (heard,) = gate.heard
        assert isinstance(heard, Inbound)
        assert (heard.external_id, heard.text) == ("linkedin:m-1", "perché?")

    async def test_with_another_secret_brings_nothing_in(self, sportello, gate):
        with client("say", "--to", sportello, "ciao", secret="another" * 5) as partner:
            assert await asyncio.to_thread(partner.wait, 10) != 0
        assert gate.heard == []

    async def test_takes_a_message_once_and_tells_of_its_delivery(self, sportello, gate):
        with client("listen", "--port", "0", "--to", sportello) as partner:
            port = (await line(partner))["listening"]
            bridge = Bridge(BridgeSettings(url=f"http://127.0.0.1:{port}/"))
            button = Button(title="Orari", payload="orari")
            message = Outbound(key="k-1", address="tiktok:ada", text="Ecco", buttons=(button,))
            assert await bridge.trouble() is None
            first, again = await bridge.send(message), await bridge.send(message)
            await bridge.close()
            shown = await line(partner)
        assert shown == {"network": "tiktok", "to": "ada", "text": "Ecco\n1. Orari"}
        assert first == again
        (heard,) = gate.heard
        assert isinstance(heard, Status)
        assert (heard.key, heard.external_id, heard.state) == (
            "k-1",
            *first.external_ids,
            "delivered",
        )

    async def test_refuses_what_another_signed(self, sportello):
        with client("listen", "--port", "0", secret="another" * 5) as partner:
            port = (await line(partner))["listening"]
            bridge = Bridge(BridgeSettings(url=f"http://127.0.0.1:{port}/"))
            with pytest.raises(TokenRefused):
                await bridge.send(HELLO)
            await bridge.close()
