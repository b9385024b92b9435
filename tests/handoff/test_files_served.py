"""Files that operators and citizens read and send."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update

from handoff.attachments import LARGEST, Scanner, headers, safe_name
from handoff.attachments.checking import ARCHIVE, TOO_BIG, UNKNOWN
from handoff.channel import NO_FILES, Attachment, Channel, Inbound, Outbound, Receipt
from handoff.gateway import Gateway
from handoff.panel.bodies import NOT_FILES
from handoff.panel.files import NOT_SCANNED
from handoff.privacy import SURELY
from handoff.tables import Attachment as Row
from handoff.tables import AttachmentContent, Conversation, Message, Offer, Outbox, present
from tests.handoff.browser import Browser, open_browser
from tests.handoff.desk import Desk, hire, uploads
from tests.handoff.files import PDF, ZIP, fake_clamd, png

ONLY_PDF = "Qui solo PDF."
GUARD = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "no-store",
}


@pytest.fixture
async def carla(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "carla"))


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> Browser:
    return await open_browser(client)


async def sends(
    browser: Browser, content: bytes, name: str = "foto.png", number: str = ""
) -> httpx.Response:
    return await browser.client.post(
        "/api/webchat/attachments",
        content=content,
        headers={
            **browser.headers,
            "X-Client-Message-Id": number or str(uuid4()),
            "X-File-Name": name,
        },
    )


async def reads(browser: Browser, attachment_id: str) -> httpx.Response:
    return await browser.client.get(
        f"/api/webchat/attachments/{attachment_id}", headers=browser.headers
    )


async def file_of(app: FastAPI, message_id: str, state: str) -> dict[str, Any]:
    """The message's file, once it is in this state."""
    database = app.state.database
    async with database.bell.listen("attachments") as heard:
        for _ in range(50):
            async with database.read() as session:
                message = await session.get_one(Message, message_id)
            [file] = message.attachments
            if file["state"] == state:
                return dict(file)
            await heard.wait(0.2)
    raise AssertionError(f"never {state}")


async def taken(desk: Desk, browser: Browser) -> dict[str, Any]:
    await browser.asks(payload="parla_con_operatore")
    [ticket] = (await desk.looks("tickets?state=open")).json()["tickets"]
    return dict((await desk.acts(ticket, "take")).json())


async def test_a_citizens_file_reaches_the_operator(
    app: FastAPI, browser: Browser, carla: Desk
) -> None:
    receipt = (await sends(browser, png(), "la%20mia%20foto%C3%A0.png")).json()
    file = await file_of(app, receipt["id"], "kept")
    answer = await carla.client.get(f"/allegati/{file['id']}")
    assert (answer.status_code, answer.content) == (200, png())
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"la mia foto_.png\"; filename*=UTF-8''la%20mia%20foto%C3%A0.png"
    )
    assert GUARD.items() <= dict(answer.headers).items()


async def test_a_file_sent_twice_is_one_message(browser: Browser) -> None:
    number = str(uuid4())
    first, again = [(await sends(browser, png(), number=number)).json() for _ in range(2)]
    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert first["id"] == again["id"]


@pytest.mark.parametrize(
    ("content", "name", "status", "reason"),
    [
        (ZIP, "lettera.docx", 422, ARCHIVE),
        (PDF, "..%2F..%2Fx.pdf.exe", 422, UNKNOWN),
        (b"%PDF-" + bytes(LARGEST), "x.pdf", 413, TOO_BIG),
    ],
    ids=["docx", "exe", "large"],
)
async def test_a_citizen_learns_at_once_why_a_file_is_refused(
    browser: Browser, content: bytes, name: str, status: int, reason: str
) -> None:
    answer = await sends(browser, content, name)
    assert (answer.status_code, answer.json()["detail"]) == (status, reason)


async def test_a_file_needs_a_token_and_a_number(browser: Browser) -> None:
    assert (await sends(browser, png(), number="x")).status_code == 422
    browser.token = "somebody"
    assert (await sends(browser, png())).status_code == 401
    assert (await reads(browser, "0" * 32)).status_code == 401


async def test_a_citizen_reads_files_of_the_own_conversation_only(
    app: FastAPI, browser: Browser, client: httpx.AsyncClient
) -> None:
    file = await file_of(app, (await sends(browser, png())).json()["id"], "kept")
    mine = await reads(browser, file["id"])
    assert (mine.status_code, mine.content) == (200, png())
    assert GUARD.items() <= dict(mine.headers).items()
    other = await open_browser(client)
    assert (await reads(other, file["id"])).status_code == 404
    assert (await reads(browser, "..%2Fx")).status_code == 404


async def test_strangers_and_odd_ids_get_no_file(app: FastAPI, carla: Desk) -> None:
    assert (await Desk(app).client.get("/allegati/" + "0" * 32)).status_code == 401
    for odd in ("0" * 32, "x", "%00", "9" * 400):
        assert (await carla.client.get(f"/allegati/{odd}")).status_code == 404


@pytest.mark.parametrize("state", ["ready", "run", "held", "refused", "withdrawn", "draft"])
async def test_only_what_was_kept_is_served(
    app: FastAPI, browser: Browser, carla: Desk, state: str
) -> None:
    file = await file_of(app, (await sends(browser, png())).json()["id"], "kept")
    async with app.state.database.begin() as session:
        await session.execute(update(Row).values(state=state, lease_until=9e12, due=9e12))
    assert (await carla.client.get(f"/allegati/{file['id']}")).status_code == 404
    assert (await reads(browser, file["id"])).status_code == 404


async def test_an_original_is_for_operators_and_never_a_page(
    app: FastAPI, gateway: Gateway, carla: Desk
) -> None:
    letter = Attachment(
        kind="file", name="m.eml", media_type="text/html", content=b"<p>", original=True
    )
    received = await gateway.receive(
        Inbound(
            channel="pec",
            external_id="1",
            address="a@pec.it",
            wants="person",
            attachments=(letter,),
        )
    )
    file = await file_of(app, received.message_id, "kept")
    answer = await carla.client.get(f"/allegati/{file['id']}")
    assert (answer.content, answer.headers["content-type"]) == (b"<p>", "application/octet-stream")


async def test_an_operators_file_goes_with_the_reply_to_the_citizen(
    app: FastAPI, browser: Browser, carla: Desk
) -> None:
    ticket = await taken(carla, browser)
    draft = (await uploads(carla, ticket)).json()
    assert (draft["name"], draft["state"]) == ("modulo.pdf", "draft")
    assert (await reads(browser, draft["id"])).status_code == 404
    answer = await carla.acts(ticket, "reply", text="Ecco il modulo", attachments=[draft["id"]])
    assert answer.status_code == 200, answer.text
    said = answer.json()["messages"][-1]
    assert [(file["id"], file["state"]) for file in said["attachments"]] == [(draft["id"], "kept")]
    last = (await browser.page())["messages"][-1]
    assert [file["name"] for file in last["attachments"]] == ["modulo.pdf"]
    assert (await reads(browser, draft["id"])).content == PDF


async def test_a_file_is_sent_once_and_only_by_who_uploaded_it(
    app: FastAPI, browser: Browser, carla: Desk
) -> None:
    ticket = await taken(carla, browser)
    draft = (await uploads(carla, ticket)).json()["id"]
    sent = (await carla.acts(ticket, "reply", text="Ecco", attachments=[draft])).json()
    for unknown in ([draft], ["0" * 32], ["../x"], ["0" * 32] * 11):
        answer = await carla.acts(sent, "reply", text="Ecco", attachments=unknown)
        assert (answer.status_code, answer.json()["detail"]) == (422, NOT_FILES)
    async with app.state.database.begin() as session:
        await session.execute(update(Row).values(state="draft", owner="somebody"))
    answer = await carla.acts(sent, "reply", text="Ecco", attachments=[draft])
    assert answer.status_code == 422
    assert len((await carla.looks(f"tickets/{ticket['id']}")).json()["messages"]) == len(
        sent["messages"]
    )


async def test_what_an_operator_uploads_is_checked_too(
    app: FastAPI, browser: Browser, carla: Desk
) -> None:
    ticket = await taken(carla, browser)
    assert (await uploads(carla, ticket, ZIP, "x.docx")).json()["detail"] == ARCHIVE
    assert (await uploads(carla, ticket, PDF + bytes(LARGEST))).status_code == 413
    assert (await uploads(carla, {"id": "0" * 32})).status_code == 404
    carla.csrf = "x"
    assert (await uploads(carla, ticket)).status_code == 403


async def test_an_upload_waits_for_no_scanner_and_passes_none_that_is_away(
    app: FastAPI, browser: Browser, carla: Desk
) -> None:
    ticket = await taken(carla, browser)
    house = app.state.house
    async with fake_clamd() as clamd:
        object.__setattr__(house, "scanner", Scanner.at(clamd.url))
        assert (await uploads(carla, ticket)).status_code == 201
        clamd.answer = b"stream: Bad FOUND\0"
        assert (await uploads(carla, ticket)).status_code == 422
    answer = await uploads(carla, ticket)
    assert (answer.status_code, answer.json()["detail"]) == (503, NOT_SCANNED)


class Post(Channel):
    name = "post"

    def __init__(self) -> None:
        self.sent: list[Outbound] = []

    async def send(self, message: Outbound) -> Receipt:
        self.sent.append(message)
        return Receipt()


class Parcel(Post):
    takes_files = True

    def refuses(self, media_type: str, size: int) -> str | None:
        return None if media_type == "application/pdf" else ONLY_PDF


async def on_channel(app: FastAPI, browser: Browser, desk: Desk, channel: Post) -> dict[str, Any]:
    """The same talk, on a channel that has to be called."""
    ticket = await taken(desk, browser)
    app.state.house.channels["post"] = channel
    async with app.state.database.begin() as session:
        await session.execute(update(Conversation).values(channel="post", pulled=False))
    return ticket


async def test_a_channel_that_takes_files_sends_them(
    app: FastAPI, browser: Browser, carla: Desk
) -> None:
    post = Parcel()
    ticket = await on_channel(app, browser, carla, post)
    draft = (await uploads(carla, ticket)).json()["id"]
    async with app.state.database.bell.listen("outbox") as heard:
        await carla.acts(ticket, "reply", text="Ecco", attachments=[draft])
        while not post.sent:
            assert await heard.wait(10)
    [outbound] = post.sent
    assert [(file.name, file.media_type, file.content) for file in outbound.files] == [
        ("modulo.pdf", "application/pdf", PDF)
    ]


async def test_what_a_channel_does_not_carry_is_refused_before_it_is_sent(
    app: FastAPI, browser: Browser, carla: Desk
) -> None:
    ticket = await taken(carla, browser)
    draft = (await uploads(carla, ticket, png(), "foto.png")).json()["id"]
    app.state.house.channels["post"] = Parcel()
    async with app.state.database.begin() as session:
        await session.execute(update(Conversation).values(channel="post", pulled=False))
    for answer in (
        await uploads(carla, ticket, png(), "foto.png"),
        await carla.acts(ticket, "reply", text="Ecco", attachments=[draft]),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (422, ONLY_PDF)


async def test_on_a_channel_without_files_nothing_is_said(
    app: FastAPI, browser: Browser, carla: Desk
) -> None:
    ticket = await taken(carla, browser)
    draft = (await uploads(carla, ticket)).json()["id"]
    app.state.house.channels["post"] = Post()
    async with app.state.database.begin() as session:
        await session.execute(update(Conversation).values(channel="post", pulled=False))
    for answer in (
        await uploads(carla, ticket),
        await carla.acts(ticket, "reply", text="Ecco", attachments=[draft]),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (422, NO_FILES)
    shown = (await carla.looks(f"tickets/{ticket['id']}")).json()["reach"]
    assert (shown["takes_files"], shown["no_files"]) == (False, NO_FILES)
    async with app.state.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Outbox)) == 0


async def test_erased_messages_lose_their_files(app: FastAPI, browser: Browser) -> None:
    receipt = (await sends(browser, png())).json()
    await file_of(app, receipt["id"], "kept")
    await offer(app, browser, SURELY)
    await browser.asks(payload=SURELY)
    async with app.state.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Row)) == 0
        assert await session.scalar(select(func.count()).select_from(AttachmentContent)) == 0
        assert (await session.get_one(Message, receipt["id"])).attachments == []


async def offer(app: FastAPI, browser: Browser, payload: str) -> None:
    async with app.state.database.begin() as session:
        await session.merge(
            Offer(conversation_id=browser.conversation_id, payload=payload, offered_at=present())
        )


def test_a_name_can_do_no_harm_in_a_header() -> None:
    value = headers('a"; x="\\%\u202e.pdf')["Content-Disposition"]
    assert value.isascii()
    assert value.startswith("attachment; filename=\"a_; x=____.pdf\"; filename*=UTF-8''a%22")


def test_a_very_long_ending_is_cut_as_well() -> None:
    assert len(safe_name("a." + "b" * 500)) <= 120
