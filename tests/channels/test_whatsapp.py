"""What only WhatsApp does; what every channel does is in test_every_channel.py."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from handoff import joining
from handoff.channel import (
    Button,
    DeliveryError,
    Event,
    File,
    NotOffered,
    Oddity,
    Outbound,
    PermanentFailure,
    Template,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)
from handoff.channels.whatsapp import UNSUBSCRIBED, WhatsApp, updates
from handoff.channels.whatsapp.settings import WhatsAppSettings
from tests.fake_whatsapp import FakeWhatsApp, refused, signed
from tests.loopback import DROP, GARBAGE, HANG, Fault, Reply

HELLO = Outbound(key="m-1", address="IT.1349", text="Buongiorno")


@pytest.fixture
def api() -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as api:
        yield api


@pytest.fixture
async def whatsapp(api: FakeWhatsApp) -> AsyncIterator[WhatsApp]:
    whatsapp = WhatsApp(WhatsAppSettings(graph_url=api.url), answer_within=2)
    yield whatsapp
    await whatsapp.close()


def buttons(count: int, title: str = "Voce") -> tuple[Button, ...]:
    return tuple(Button(title=f"{title} {n}", payload=f"p{n}") for n in range(count))


def message(text: str = "Buongiorno", count: int = 0, title: str = "Voce") -> Outbound:
    return Outbound(key="m-1", address="IT.1349", text=text, buttons=buttons(count, title))


async def test_writes_to_a_user_id_with_our_key(api: FakeWhatsApp, whatsapp: WhatsApp) -> None:
    assert (await whatsapp.send(HELLO)).external_ids == ("wamid.1",)
    (sent,) = api.sent
    assert (sent["recipient"], sent["biz_opaque_callback_data"]) == ("IT.1349", "m-1")
    assert "to" not in sent


async def test_writes_to_a_phone_number(api: FakeWhatsApp, whatsapp: WhatsApp) -> None:
    await whatsapp.send(Outbound(key="m-1", address="393331234567", text="Buongiorno"))
    assert api.sent[0]["to"] == "393331234567"


@pytest.mark.parametrize(
    ("count", "kind"), [(1, "button"), (3, "button"), (4, "list"), (10, "list")]
)
async def test_text_and_buttons_are_one_message(
    api: FakeWhatsApp, whatsapp: WhatsApp, count: int, kind: str
) -> None:
    await whatsapp.send(message(count=count))
    assert [sent["interactive"]["type"] for sent in api.sent] == [kind]


async def test_more_than_a_list_holds_is_numbered(api: FakeWhatsApp, whatsapp: WhatsApp) -> None:
    await whatsapp.send(message(count=11))
    assert api.sent[0]["text"]["body"].endswith("\n11. Voce 10")


async def test_a_long_text_has_its_buttons_at_its_end(
    api: FakeWhatsApp, whatsapp: WhatsApp
) -> None:
    await whatsapp.send(message("parola " * 300, count=2))
    assert [sent["type"] for sent in api.sent] == ["text", "interactive"]
    assert [sent["biz_opaque_callback_data"] for sent in api.sent] == ["m-1"] * 2


async def test_a_template_is_sent_with_its_values(api: FakeWhatsApp, whatsapp: WhatsApp) -> None:
    template = Template(name="riapertura", language="it", values=("Ada",))
    await whatsapp.send(Outbound(key="m", address="39", text="", template=template))
    (part,) = api.sent[0]["template"]["components"]
    assert part["parameters"] == [{"type": "text", "text": "Ada"}]


async def test_a_text_is_the_caption_of_its_first_file(
    api: FakeWhatsApp, whatsapp: WhatsApp
) -> None:
    photo = File(name="mappa.png", media_type="image/png", content=b"map")
    paper = File(name="modulo.pdf", media_type="application/pdf", content=b"form")
    await whatsapp.send(Outbound(key="m", address="39", text="Ecco", files=(photo, paper)))
    assert [sent.get("image") or sent.get("document") for sent in api.sent] == [
        {"id": "media-1", "caption": "Ecco"},
        {"id": "media-2", "filename": "modulo.pdf"},
    ]


async def test_an_upload_without_an_answer_is_tried_again(
    api: FakeWhatsApp, whatsapp: WhatsApp
) -> None:
    photo = File(name="mappa.png", media_type="image/png", content=b"map")
    api.fail(DROP)
    with pytest.raises(TemporaryFailure):
        await whatsapp.send(Outbound(key="m", address="39", text="", files=(photo,)))
    assert api.sent == []


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (refused(190, 401), TokenRefused),
        (refused(131031, 403), TokenRefused),
        (refused(131047), WindowClosed),
        (refused(131026), Unreachable),
        (refused(131056, 400), TemporaryFailure),
        (refused(130429, 429), TemporaryFailure),
        (Fault(status=500), TemporaryFailure),
        (refused(132001, 404), PermanentFailure),
        (refused(131009), PermanentFailure),
        (HANG, UnknownOutcome),
        (DROP, UnknownOutcome),
        (GARBAGE, UnknownOutcome),
    ],
)
async def test_a_failure_says_what_is_known(
    api: FakeWhatsApp, whatsapp: WhatsApp, fault: Fault, failure: type[DeliveryError]
) -> None:
    api.fail(fault)
    with pytest.raises(failure):
        await whatsapp.send(HELLO)


async def test_a_retry_goes_on_where_it_ended(api: FakeWhatsApp, whatsapp: WhatsApp) -> None:
    api.fail(None, refused(131056))
    with pytest.raises(TemporaryFailure) as failed:
        await whatsapp.send(message("parola " * 1000))
    assert failed.value.retry_after is not None
    assert (await whatsapp.send(message("parola " * 1000))).external_ids == ("wamid.1", "wamid.2")
    assert len(api.sent) == 2


async def test_an_attachment_that_is_too_large_or_gone_is_refused(
    api: FakeWhatsApp, whatsapp: WhatsApp
) -> None:
    api.media["77"] = 7
    assert (await whatsapp.fetch("77", at_most=100)).media_type == "image/jpeg"
    for reference, at_most in (("77", 6), ("78", 100), ("../1122", 100)):
        with pytest.raises(PermanentFailure):
            await whatsapp.fetch(reference, at_most=at_most)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://files.example.org/a",
            "https://fbsbx.com.example.org/a",
            "https://evilfbsbx.com",
        ),
        *("http://lookaside.fbsbx.com/a", "https://fbsbx.com@127.0.0.1/a", "https://[", ""),
    ],
)
async def test_our_token_goes_to_no_other_server(
    api: FakeWhatsApp, whatsapp: WhatsApp, url: str
) -> None:
    api.fail(Reply(body={"url": url, "mime_type": "image/jpeg", "file_size": 1}))
    with pytest.raises(PermanentFailure):
        await whatsapp.fetch("77", at_most=100)
    assert len(api.calls) == 1


def test_an_id_that_no_column_holds_does_not_spoil_the_others() -> None:
    said = [
        {"id": number, "from": "39", "type": "text", "text": {"body": "Buongiorno"}}
        for number in ("1", "2" * 300, "3")
    ]
    change = {"field": "messages", "value": {"messages": said}}
    first, odd, last = updates.events({"entry": [{"changes": [change]}]}, "1122")
    assert [first.external_id, last.external_id] == ["1", "3"]
    assert (type(odd), len(odd.external_id)) == (Oddity, 32)


async def test_typing_and_trouble(api: FakeWhatsApp, whatsapp: WhatsApp) -> None:
    await whatsapp.show_typing("IT.1349", "wamid.IN")
    assert api.signs[0]["typing_indicator"] == {"type": "text"}
    assert await whatsapp.trouble() is None
    api.apps.clear()
    assert await whatsapp.trouble() == UNSUBSCRIBED


@pytest.mark.parametrize(("error", "status"), [(NotOffered, 200), (RuntimeError, 503)])
async def test_what_cannot_be_stored_comes_again_and_holds_up_nothing(
    whatsapp: WhatsApp, error: type[Exception], status: int
) -> None:
    heard: list[str] = []

    async def receive(event: Event) -> None:
        if getattr(event, "text", "") == "due":
            raise error("due")
        heard.append(getattr(event, "text", ""))

    app = FastAPI()
    app.include_router(whatsapp.routes(receive))
    said = [
        {"id": text, "from": "39", "type": "text", "text": {"body": text}}
        for text in ("uno", "due", "tre")
    ]
    change = {"field": "messages", "value": {"messages": said}}
    headers, body = signed({"entry": [{"changes": [change]}]})
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sportello") as client:
        answer = await client.post("/webhooks/whatsapp", headers=headers, content=body)
        again = await client.post("/webhooks/whatsapp", headers=headers, content=body + b" ")
    assert (answer.status_code, again.status_code, heard) == (status, 401, ["uno", "tre"])


def test_a_short_secret_stops_the_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_WHATSAPP_APP_SECRET", "short")
    with pytest.raises(ValidationError) as refusal:
        WhatsAppSettings()
    assert "short" not in str(refusal.value).split("[", 1)[0]


@pytest.mark.parametrize(
    ("media_type", "size", "goes"),
    [
        ("image/png", 5_000_000, True),
        ("image/png", 5_000_001, False),
        ("application/pdf", 20_000_000, True),
    ],
)
def test_a_file_that_is_too_large_is_told_before(media_type: str, size: int, goes: bool) -> None:
    assert (WhatsApp(WhatsAppSettings()).refuses(media_type, size) is None) is goes


def test_an_invitation_opens_a_chat_with_the_code_and_needs_the_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert WhatsApp(WhatsAppSettings()).invitation("BCDF-2345") is None
    monkeypatch.setenv("SPORTELLO_WHATSAPP_NUMBER", "390701234567")
    link = WhatsApp(WhatsAppSettings()).invitation("BCDF-2345")
    assert link == "https://wa.me/390701234567?text=collega%20BCDF-2345"
    brought = httpx.URL(link).params["text"]
    assert joining.wish_of(brought) == joining.wish_of("collega BCDF-2345") is not None
