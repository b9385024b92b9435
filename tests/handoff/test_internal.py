"""What the actions may look up."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from handoff.tables import present
from tests.handoff.requests import opened_by
from tests.handoff.talk import Citizen

OURS = {"Authorization": f"Bearer {'i' * 32}"}
STATE = "/api/internal/tickets/state"


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {'b' * 32}"}]
)
async def test_nobody_else_may_look(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await client.get("/api/internal/wards?q=cardiologia", headers=headers)
    assert response.status_code == httpx.codes.UNAUTHORIZED


async def test_a_misspelt_ward_is_found(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/internal/wards?q=cardilogia", headers=OURS)
    body = response.json()
    assert body["wards"][0]["id"].startswith("cardiologia")
    assert body["wards"][0]["phone"]
    again = await client.get(f"/api/internal/wards/{body['wards'][0]['id']}", headers=OURS)
    assert again.json()["name"] == body["wards"][0]["name"]


async def test_an_unknown_ward_is_a_404(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/internal/wards/nessuno", headers=OURS)
    assert response.status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize(
    ("kind", "said", "found"),
    [
        ("exams", "colonscpia", "colonscopia"),
        ("doctors", "il dottor imaginari", "fausto-immaginari"),
        ("wards", "chirurgia vascolare", "chirurgia-vascolare"),
    ],
)
async def test_a_record_is_found_by_its_name_and_by_its_id(
    client: httpx.AsyncClient, kind: str, said: str, found: str
) -> None:
    response = await client.get(f"/api/internal/{kind}", params={"q": said}, headers=OURS)
    body = response.json()
    assert ([record["id"] for record in body[kind]], body["sure"]) == ([found], True)
    again = await client.get(f"/api/internal/{kind}/{found}", headers=OURS)
    assert again.json() == body[kind][0]
    unknown = await client.get(f"/api/internal/{kind}/nessuno", headers=OURS)
    assert unknown.status_code == httpx.codes.NOT_FOUND


async def test_whom_to_ring_when_nothing_is_found(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/internal/switchboards", headers=OURS)
    boards = response.json()["switchboards"]
    assert len(boards) == 2
    assert all(board["site_name"] and board["phone"] and board["sample"] for board in boards)


async def test_the_hours_of_a_misspelt_desk_are_told_for_this_moment(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get(
        "/api/internal/desks", params={"q": "cassa tiket san giovanni domani"}, headers=OURS
    )
    (desk,) = response.json()["desks"]
    assert desk["id"] == "cassa_san_giovanni"
    assert desk["now"].startswith("Adesso è ")
    assert desk["day"].startswith("Domani, ")
    again = await client.get("/api/internal/desks/cassa_san_giovanni", headers=OURS)
    assert again.json() == desk | {"day": None}
    unknown = await client.get("/api/internal/desks/nessuno", headers=OURS)
    assert unknown.status_code == httpx.codes.NOT_FOUND


async def test_a_conversation_sees_its_own_tickets_only(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    anna, bruno = (Citizen(app.state.gateway, address=name) for name in ("anna", "bruno"))
    for citizen in (anna, bruno):
        await citizen.hears("voglio una persona")
    annas, brunos = [
        (await _state(client, conversation_id=(await citizen.conversation()).id))["tickets"]
        for citizen in (anna, bruno)
    ]
    assert (len(annas), len(brunos)) == (1, 1)
    stolen = await _state(
        client,
        conversation_id=(await anna.conversation()).id,
        name=brunos[0]["name"],
        key="00000-0000-0000",
    )
    assert stolen["tickets"] == []


async def test_the_key_opens_a_ticket_from_elsewhere(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    anna = Citizen(app.state.gateway)
    said = (await anna.hears("voglio una persona"))[-1]
    assert said.secret
    own = await _state(client, conversation_id=(await anna.conversation()).id)
    name = own["tickets"][0]["name"]
    found = await _state(
        client, conversation_id="elsewhere", name=name.lower(), key=said.secret.lower()
    )
    assert [ticket["name"] for ticket in found["tickets"]] == [name]


async def _state(client: httpx.AsyncClient, **question: str) -> dict[str, list[dict[str, Any]]]:
    response = await client.post(STATE, json=question, headers=OURS)
    body: dict[str, list[dict[str, Any]]] = response.json()
    return body


async def test_only_ones_own_open_request_may_be_changed(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    anna = Citizen(app.state.gateway)
    opened = await opened_by(anna)
    name, here = opened.ticket.name, (await anna.conversation()).id
    [own] = (await _state(client, conversation_id=here))["tickets"]
    [elsewhere] = (await _state(client, conversation_id="elsewhere", name=name, key=opened.key))[
        "tickets"
    ]
    assert (own["changeable"], elsewhere["changeable"]) == (True, False)
    closed = await opened_by(anna, state="closed", closed_at=present())
    [told] = (await _state(client, conversation_id=here, name=closed.ticket.name))["tickets"]
    assert told["changeable"] is False


async def test_a_complaint_tells_its_legal_days_and_another_request_has_none(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    anna = Citizen(app.state.gateway)
    monday = datetime(2026, 11, 23, 10, tzinfo=UTC)
    await opened_by(anna, opened_at=monday, taken_at=monday)
    await opened_by(anna, "dati")
    complaint, other = (await _state(client, conversation_id=(await anna.conversation()).id))[
        "tickets"
    ]
    assert (complaint["start_by"], complaint["answer_by"]) == ("2026-11-25", "2026-12-23")
    assert complaint["caveat"] == "(Dato dimostrativo, da confermare.)"
    assert (other["stage"], other["answer_by"], other["caveat"]) == (None, None, "")
