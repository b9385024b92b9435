"""A citizen's own data: the notice and its versions, a copy, erasure, and what stays."""

from sqlalchemy import select

from handoff import conversations, tickets
from handoff.channel import Attachment, Inbound, Received
from handoff.gateway import Gateway, PrivacyNotice
from handoff.privacy import CHUNK, COPY, ERASE, PREFIX, SURELY
from handoff.tables import Attachment as Row
from handoff.tables import AttachmentContent, BotTracker, Offer, Ticket
from tests.handoff.talk import Citizen


async def offer(citizen: Citizen, *payloads: str) -> None:
    """As the approved answer to «cancella i miei dati» does with its buttons."""
    conversation = await citizen.conversation()
    async with citizen.gateway.database.begin() as session:
        for payload in payloads or (COPY, ERASE, SURELY):
            session.add(
                Offer(
                    conversation_id=conversation.id,
                    payload=payload,
                    offered_at=conversation.created_at,
                )
            )


async def open_ticket(citizen: Citizen, kind: str) -> Ticket:
    assert citizen.last
    async with citizen.gateway.database.begin() as session:
        conversation = await conversations.lock(session, citizen.last.conversation_id)
        opened = await tickets.open_ticket(
            session,
            conversation,
            kind=kind,
            reason="modulo",
            fields={"cosa": "file lunghe"},
            message_id=citizen.last.message_id,
        )
    return opened.ticket


def newer(gateway: Gateway, version: str) -> Gateway:
    """The same service after somebody changed the notice."""
    notice = PrivacyNotice("https://www.aoucagliari.it/privacy", version)
    return Gateway(gateway.database, gateway.knowledge, gateway.safety, privacy=notice)


def test_the_answer_on_ones_data_offers_both_at_once(gateway: Gateway) -> None:
    words = gateway.knowledge.wording("cancella_dati", {"pratica": "URP-26-0000"})
    assert [button.payload for button in words.buttons] == [COPY, ERASE]
    assert all(button.payload.startswith(PREFIX) for button in words.buttons)


async def test_the_notice_is_shown_at_first_and_not_again(citizen: Citizen) -> None:
    await citizen.hears("buongiorno")
    await citizen.hears("dove parcheggio?")
    shown = [m.topic for m in await citizen.everything() if (m.topic or "").startswith("avviso")]
    assert shown == ["avviso"]


async def test_a_new_version_of_the_notice_is_shown_to_who_knew_the_old_one(
    citizen: Citizen,
) -> None:
    await citizen.hears("buongiorno")
    citizen.gateway = newer(citizen.gateway, "2")
    await citizen.hears("dove parcheggio?")
    await citizen.hears("e i referti?")
    shown = [m.topic for m in await citizen.everything() if (m.topic or "").startswith("avviso")]
    assert shown == ["avviso", "avviso_nuovo"]


async def test_a_copy_holds_everything_that_was_said(citizen: Citizen) -> None:
    await citizen.hears("dove posso parcheggiare con il camper?")
    await offer(citizen)
    [copy] = await citizen.hears(payload=COPY)
    assert "Lei: dove posso parcheggiare con il camper?" in copy.text
    assert "Sportello: " in copy.text


async def test_a_long_copy_comes_in_parts_and_none_is_missing(citizen: Citizen) -> None:
    for number in range(3):
        await citizen.hears(f"{number} " + "parcheggio " * (CHUNK // 20))
    await offer(citizen)
    parts = await citizen.hears(payload=COPY)
    assert len(parts) > 1
    assert [part.final for part in parts] == [*[False] * (len(parts) - 1), True]
    whole = "".join(part.text for part in parts)
    assert all(f"Lei: {number} parcheggio" in whole for number in range(3))


async def test_erasing_is_asked_for_twice(citizen: Citizen) -> None:
    await citizen.hears("dove posso parcheggiare con il camper?")
    await offer(citizen, ERASE)
    [asked] = await citizen.hears(payload=ERASE)
    assert [button["payload"] for button in asked.buttons] == [SURELY, COPY]
    assert any("camper" in message.text for message in await citizen.everything())


async def test_erasing_takes_out_what_was_written_and_the_bots_memory(citizen: Citizen) -> None:
    await citizen.hears("dove posso parcheggiare con il camper?")
    conversation = await citizen.conversation()
    async with citizen.gateway.database.begin() as session:
        session.add(
            BotTracker(conversation_id=conversation.id, version=1, snapshot="{}", updated_at=0.0)
        )
    await offer(citizen)
    [done] = await citizen.hears(payload=SURELY)
    assert done.topic == "dati_cancellati"
    texts = [message.text for message in await citizen.everything()]
    assert not any("camper" in text or "parchegg" in text for text in texts)
    async with citizen.gateway.database.read() as session:
        assert (await session.scalars(select(BotTracker))).all() == []


async def test_what_the_law_keeps_stays_and_is_named(citizen: Citizen) -> None:
    await citizen.says("il mio reclamo: ore di fila")
    complaint = await open_ticket(citizen, "reclamo")
    await offer(citizen)
    [done] = await citizen.hears(payload=SURELY)
    assert complaint.name in done.text
    async with citizen.gateway.database.read() as session:
        kept = await session.get_one(Ticket, complaint.id)
    assert kept.fields == {"cosa": "file lunghe"}
    assert any("ore di fila" in message.text for message in await citizen.everything())


async def test_nothing_is_erased_while_a_person_still_needs_it(citizen: Citizen) -> None:
    await citizen.hears("vorrei parlare con una persona del camper")
    await offer(citizen)
    [refused] = await citizen.hears(payload=SURELY)
    assert refused.topic == "dati_richiesta_aperta"
    assert any("camper" in message.text for message in await citizen.everything())


async def test_another_citizens_words_stay(citizen: Citizen) -> None:
    bruno = Citizen(citizen.gateway, address="bruno")
    await bruno.hears("dove posso parcheggiare con il camper?")
    await citizen.hears("dove parcheggio?")
    await offer(citizen)
    await citizen.hears(payload=SURELY)
    assert any("camper" in message.text for message in await bruno.everything())


async def test_pressing_twice_erases_once_and_answers_twice(citizen: Citizen) -> None:
    await citizen.hears("dove parcheggio?")
    await offer(citizen)
    for _ in range(2):
        [done] = await citizen.hears(payload=SURELY)
        assert done.topic == "dati_cancellati"


async def test_files_of_a_kept_act_stay_and_all_others_go(citizen: Citizen) -> None:
    async def sends(number: int) -> Received:
        file = Attachment(kind="file", name=f"{number}.eml", content=b"x", original=True)
        return await citizen.gateway.receive(
            Inbound(
                channel=citizen.channel,
                external_id=f"file-{number}",
                address=citizen.address,
                wants="nobody",
                attachments=(file,),
            )
        )

    await sends(1)
    citizen.last = await sends(2)
    await open_ticket(citizen, "reclamo")
    await offer(citizen)
    await citizen.hears(payload=SURELY)
    async with citizen.gateway.database.read() as session:
        names = await session.scalars(
            select(Row.name).join(AttachmentContent, AttachmentContent.attachment_id == Row.id)
        )
        assert list(names) == ["2.eml"]
        assert len(list(await session.scalars(select(Row.id)))) == 1
    shown = [m.attachments for m in await citizen.everything() if m.author == "citizen"]
    assert [[file["name"] for file in files] for files in shown] == [[], ["2.eml"], []]
