"""One citizen on several channels: by a code and a consent, undone at once, never by itself."""

import asyncio
import logging
from datetime import timedelta
from pkgutil import iter_modules

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from handoff import channels, conversations, joining, tickets
from handoff.channel import Inbound, NotOffered
from handoff.channels import webchat
from handoff.gateway import Gateway, PrivacyNotice
from handoff.joining.wishes import consent, wish_of
from handoff.knowledge import Knowledge
from handoff.privacy import COPY, SURELY
from handoff.settings import ROOT
from handoff.tables import (
    CitizenChange,
    Conversation,
    JoinCode,
    LoginAttempt,
    Message,
    Operator,
    TicketEvent,
    present,
)
from handoff.tickets import Contact
from tests.fake_bot import FakeBot
from tests.handoff.joined import CHANNELS, are_one, code_of, joins, on, stand_alone
from tests.handoff.talk import Citizen, answers
from tests.handoff.test_privacy import offer


@pytest.fixture
def gateway(app: FastAPI) -> Gateway:
    """On every channel citizens fetch: what is said is the matter here, not how it is sent."""
    house = app.state.house
    notice = PrivacyNotice("https://example.it/privacy", "1")
    return Gateway(
        house.database,
        house.knowledge,
        house.gateway.safety,
        privacy=notice,
        channels=dict.fromkeys(CHANNELS, webchat.channel()),
        codes=house.joining.codes,
    )


@pytest.fixture
def chat(gateway: Gateway) -> Citizen:
    return on(gateway, "webchat")


@pytest.fixture
def phone(gateway: Gateway) -> Citizen:
    return on(gateway, "telegram")


@pytest.fixture
def mail(gateway: Gateway) -> Citizen:
    return on(gateway, "email")


async def topics(citizen: Citizen) -> list[str | None]:
    return [message.topic for message in await citizen.everything()]


async def changes(gateway: Gateway) -> list[CitizenChange]:
    async with gateway.database.read() as session:
        return list(await session.scalars(select(CitizenChange).order_by(CitizenChange.id)))


async def grow_old(gateway: Gateway) -> None:
    """As after a quarter of an hour."""
    async with gateway.database.begin() as session:
        await session.execute(update(JoinCode).values(expires_at=present() - timedelta(seconds=1)))


async def test_a_code_and_a_yes_join_two_channels(chat: Citizen, phone: Citizen) -> None:
    [done] = await joins(chat, phone)
    assert done.topic == "collegato"
    assert "chat del sito" in done.text
    assert await are_one(chat, phone)


async def test_the_question_names_both_channels_and_nobody(chat: Citizen, phone: Citizen) -> None:
    code = await code_of(chat)
    [asked] = await phone.hears(f"collega {code}")
    assert "Telegram" in asked.text
    assert "chat del sito" in asked.text
    assert "anna" not in asked.text
    assert [button["payload"] for button in asked.buttons] == ["canali:si", "canali:no"]
    await phone.hears("no")


async def test_nothing_is_joined_before_the_yes(chat: Citizen, phone: Citizen) -> None:
    await phone.hears(f"collega {await code_of(chat)}")
    assert await stand_alone(chat, phone)


async def test_the_channel_that_gave_the_code_is_told_and_can_undo(
    chat: Citizen, phone: Citizen
) -> None:
    await joins(chat, phone)
    told = (await chat.everything())[-1]
    assert told.topic == "collegato_avviso"
    assert "Telegram" in told.text
    [done] = await chat.hears(payload=told.buttons[0]["payload"])
    assert done.topic == "scollegato"
    assert await stand_alone(chat, phone)


async def test_a_typed_yes_counts_where_there_are_no_buttons(chat: Citizen, mail: Citizen) -> None:
    await mail.hears(f"collega {await code_of(chat)}\n\nGrazie, Anna")
    [done] = await mail.hears("Sì")
    assert done.topic == "collegato"


async def test_the_consent_is_kept_with_its_moment_its_words_and_both_channels(
    chat: Citizen, phone: Citizen, gateway: Gateway
) -> None:
    await joins(chat, phone)
    [kept] = await changes(gateway)
    assert kept.kind == "joined"
    assert kept.words == gateway.knowledge.wording("collega_consenso").revision
    assert kept.conversation_id == (await phone.conversation()).id
    assert kept.with_id == (await chat.conversation()).id
    assert present() - kept.created_at < timedelta(minutes=1)


@pytest.mark.parametrize("said", ["no", "No, grazie."])
async def test_a_no_joins_nothing_and_spends_the_code(
    chat: Citizen, phone: Citizen, said: str
) -> None:
    code = await code_of(chat)
    await phone.hears(f"collega {code}")
    [answer] = await phone.hears(said)
    assert answer.topic == "collega_no"
    [again] = await phone.hears(f"collega {code}")
    assert again.topic == "collega_codice_no"
    assert await stand_alone(chat, phone)


async def test_anything_else_joins_nothing_and_is_answered_as_ever(
    chat: Citizen, phone: Citizen
) -> None:
    await phone.hears(f"collega {await code_of(chat)}")
    [answer] = await phone.hears("dove posso parcheggiare?")
    assert answer.topic == "parcheggio"
    [late] = await phone.hears(payload="canali:si")
    assert late.topic == "collega_codice_no"
    assert await stand_alone(chat, phone)


async def test_only_the_channel_that_used_the_code_can_consent(
    chat: Citizen, phone: Citizen, mail: Citizen
) -> None:
    await mail.says("buongiorno")
    await phone.hears(f"collega {await code_of(chat)}")
    with pytest.raises(NotOffered):
        await mail.says(payload="canali:si")
    await chat.hears("sì")
    assert await stand_alone(chat, phone, mail)


async def test_a_third_channel_joins_both(chat: Citizen, phone: Citizen, mail: Citizen) -> None:
    await joins(chat, phone)
    await joins(phone, mail)
    assert await are_one(chat, phone, mail)
    assert (await topics(chat)).count("collegato_avviso") == 2


async def test_two_pairs_become_one(gateway: Gateway, chat: Citizen, phone: Citizen) -> None:
    mail, other = on(gateway, "email"), on(gateway, "whatsapp")
    await joins(chat, phone)
    await joins(mail, other)
    await joins(phone, mail)
    assert await are_one(chat, phone, mail, other)


async def test_who_is_joined_already_reads_a_friendly_word(chat: Citizen, phone: Citizen) -> None:
    await joins(chat, phone)
    [answer] = await chat.hears(f"collega {await code_of(phone)}")
    assert answer.topic == "collega_gia"
    [again] = await chat.hears("collega un altro canale")
    assert again.topic == "collega_codice"


@pytest.mark.parametrize("command", ["scollega", "Scollega.", "scollega tutto"])
async def test_undoing_is_at_once_for_all_and_all_are_told(
    chat: Citizen, phone: Citizen, mail: Citizen, command: str
) -> None:
    await joins(chat, phone)
    await joins(phone, mail)
    [done] = await chat.hears(command)
    assert done.topic == "scollegato"
    assert await stand_alone(chat, phone, mail)
    for other in (phone, mail):
        assert (await other.everything())[-1].topic == "scollegato_avviso"


async def test_undoing_voids_a_code_that_somebody_else_has_claimed(
    chat: Citizen, phone: Citizen
) -> None:
    await phone.hears(f"collega {await code_of(chat)}")
    [answer] = await chat.hears("scollega")
    assert answer.topic == "scollega_niente"
    [late] = await phone.hears(payload="canali:si")
    assert late.topic == "collega_codice_no"
    assert await stand_alone(chat, phone)


@pytest.mark.parametrize(
    "typed",
    ["collega {}", "COLLEGA {}.", "collega: {}", "collega il codice {}", "{}", "/collega {}"],
)
async def test_the_code_may_be_typed_in_any_usual_way(
    chat: Citizen, phone: Citizen, typed: str
) -> None:
    code = await code_of(chat)
    [asked] = await phone.hears(typed.format(code))
    assert asked.topic == "collega_consenso"


async def test_the_code_is_kept_nowhere(
    chat: Citizen, phone: Citizen, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    code = await code_of(chat)
    await phone.hears(f"collega {code}")
    seen = await chat.conversation()
    async with gateway.database.begin() as session:
        await conversations.seen(session, seen.id, seq=seen.last_seq)
    async with gateway.database.read() as session:
        said = [repr(vars(each)) for each in await session.scalars(select(Message))]
        kept = [repr(vars(each)) for each in await session.scalars(select(JoinCode))]
    for written in (code, code.replace("-", ""), code.lower()):
        assert written not in "".join([*said, *kept, caplog.text])
    assert "collega [codice]" in [message.text for message in await phone.everything()]


async def test_a_code_that_still_counts_is_taken_out_of_other_words_too(
    chat: Citizen, phone: Citizen
) -> None:
    code = await code_of(chat)
    await phone.hears(f"il codice {code} come si usa? la pratica è RX22-4567")
    said = [m.text for m in await phone.everything() if m.author == "citizen"]
    assert said == ["il codice [codice] come si usa? la pratica è RX22-4567"]


async def test_a_code_for_a_person_to_read_is_not_kept_either(gateway: Gateway) -> None:
    await gateway.receive(
        Inbound(
            channel="pec",
            external_id="1",
            address="a@pec",
            text="collega BCDF-2345",
            wants="person",
        )
    )
    async with gateway.database.read() as session:
        [message] = await session.scalars(select(Message))
    assert message.text == "collega [codice]"
    assert "channels" not in message.trace


async def test_a_new_code_voids_the_one_before(chat: Citizen, phone: Citizen) -> None:
    old, new = await code_of(chat), await code_of(chat)
    assert (await phone.hears(f"collega {old}"))[0].topic == "collega_codice_no"
    assert (await phone.hears(f"collega {new}"))[0].topic == "collega_consenso"


async def test_a_new_code_voids_a_consent_that_was_asked_for(
    chat: Citizen, phone: Citizen
) -> None:
    await phone.hears(f"collega {await code_of(chat)}")
    await code_of(chat)
    assert (await phone.hears(payload="canali:si"))[0].topic == "collega_codice_no"


async def test_wrong_expired_and_own_codes_read_the_same(
    chat: Citizen, phone: Citizen, gateway: Gateway
) -> None:
    code = await code_of(chat)
    [own] = await chat.hears(f"collega {code}")
    [wrong] = await phone.hears("collega ZZZZ-2222")
    await grow_old(gateway)
    [expired] = await phone.hears(f"collega {code}")
    assert own.text == wrong.text == expired.text
    assert own.topic == "collega_codice_no"
    assert await stand_alone(chat, phone)


async def test_a_yes_after_the_quarter_of_an_hour_joins_nothing(
    chat: Citizen, phone: Citizen, gateway: Gateway
) -> None:
    await phone.hears(f"collega {await code_of(chat)}")
    await grow_old(gateway)
    [late] = await phone.hears("sì")
    assert late.topic == "collega_codice_no"
    assert await stand_alone(chat, phone)


async def test_two_channels_at_once_use_a_code_once(
    chat: Citizen, phone: Citizen, mail: Citizen, gateway: Gateway
) -> None:
    code = await code_of(chat)
    heard = await asyncio.gather(phone.hears(f"collega {code}"), mail.hears(f"collega {code}"))
    assert sorted(str(each[0].topic) for each in heard) == [
        "collega_codice_no",
        "collega_consenso",
    ]


async def test_four_consents_in_a_ring_at_once_end_in_one_citizen(
    gateway: Gateway, chat: Citizen, phone: Citizen, mail: Citizen
) -> None:
    ring = [chat, phone, mail, on(gateway, "whatsapp")]
    codes = [await code_of(each) for each in ring]
    takers = [*ring[1:], ring[0]]
    for taker, code in zip(takers, codes, strict=True):
        await taker.hears(f"collega {code}")
    heard = await asyncio.gather(*(taker.hears("sì") for taker in takers))
    assert await are_one(*ring)
    assert sorted(str(each[0].topic) for each in heard) == ["collega_gia", *["collegato"] * 3]
    assert len(await changes(gateway)) == 3


async def test_a_link_opened_twice_asks_again_and_joins_once(
    chat: Citizen, phone: Citizen, gateway: Gateway
) -> None:
    code = await code_of(chat)
    for _ in range(2):
        assert (await phone.hears(f"collega {code}"))[0].topic == "collega_consenso"
    assert (await phone.hears(payload="canali:si"))[0].topic == "collegato"
    assert (await phone.hears(payload="canali:si"))[0].topic == "collega_codice_no"
    assert len(await changes(gateway)) == 1


async def test_a_repeated_delivery_asks_once_and_joins_once(
    chat: Citizen, phone: Citizen, gateway: Gateway
) -> None:
    code = await code_of(chat)
    for _ in range(2):  # the same external id
        received = await on(gateway, "telegram").says(f"collega {code}")
    await answers(gateway.database, received)
    phone.last = received
    assert (await topics(phone)).count("collega_consenso") == 1
    yes = Inbound(channel="telegram", external_id="yes", address=phone.address, text="sì")
    for _ in range(2):
        await answers(gateway.database, await gateway.receive(yes))
    assert len(await changes(gateway)) == 1
    assert (await topics(phone)).count("collegato") == 1


async def test_a_consent_outlives_the_process_that_asked(
    chat: Citizen, phone: Citizen, app: FastAPI, gateway: Gateway
) -> None:
    await phone.hears(f"collega {await code_of(chat)}")
    await app.state.crew.stop()
    received = await phone.says("sì")
    crew = app.state.house.crew()
    await crew.start(gateway.take)
    try:
        [done] = await answers(gateway.database, received)
    finally:
        await crew.stop()
    assert done.topic == "collegato"
    assert await are_one(chat, phone)


async def test_joining_works_while_the_bot_is_down(
    chat: Citizen, phone: Citizen, fake_bot: FakeBot
) -> None:
    fake_bot.fault = "broken"
    await joins(chat, phone)
    assert await are_one(chat, phone)
    assert fake_bot.asked == []


async def test_joining_works_while_a_person_holds_the_word(chat: Citizen, phone: Citizen) -> None:
    await phone.hears("vorrei una persona")
    [done] = await joins(chat, phone)
    assert done.topic == "collegato"


async def test_open_requests_on_both_sides_keep_it_in_their_history(
    chat: Citizen, phone: Citizen, gateway: Gateway
) -> None:
    for citizen in (chat, phone):
        await citizen.hears("vorrei una persona")
    await joins(chat, phone)
    await chat.hears("scollega")
    async with gateway.database.read() as session:
        noted = await session.execute(
            select(TicketEvent.kind, TicketEvent.text)
            .where(TicketEvent.kind.in_(("linked", "unlinked")))
            .order_by(TicketEvent.id)
        )
        assert [tuple(each) for each in noted] == [
            ("linked", "telegram"),
            ("linked", "webchat"),
            ("unlinked", "webchat"),
            ("unlinked", "webchat"),
        ]


async def test_guessing_is_slowed_down_and_a_right_code_waits_too(
    chat: Citizen, phone: Citizen, gateway: Gateway
) -> None:
    code = await code_of(chat)
    for number in range(6):
        [answer] = await phone.hears(f"collega ZZZZ-222{number + 2}")
        assert answer.topic == "collega_codice_no"
    async with gateway.database.begin() as session:
        await session.execute(
            update(LoginAttempt)
            .where(LoginAttempt.subject.startswith("joiner:"))
            .values(next_at=present() + timedelta(minutes=1))
        )
    [slowed] = await phone.hears(f"collega {code}")
    assert slowed.topic == "collega_troppi"


async def test_erasing_ones_data_takes_this_channel_out_and_leaves_the_rest(
    chat: Citizen, phone: Citizen, mail: Citizen
) -> None:
    await joins(chat, phone)
    await joins(phone, mail)
    await offer(mail)
    await mail.hears(payload=SURELY)
    assert await stand_alone(mail)
    assert await are_one(chat, phone)
    assert (await chat.everything())[-1].topic == "scollegato_avviso"


async def test_a_copy_of_ones_data_names_the_joined_channels(
    chat: Citizen, phone: Citizen
) -> None:
    await joins(chat, phone)
    await offer(phone)
    copy = await phone.hears(payload=COPY)
    assert "Collegata a: chat del sito" in copy[0].text


async def test_nothing_is_ever_joined_by_itself(
    gateway: Gateway, carla: Operator, app: FastAPI
) -> None:
    """The same number, name and mailbox on every channel are still strangers to us."""
    for channel in sorted(CHANNELS):
        for address in ("393471234567", "anna@example.it"):
            await gateway.receive(
                Inbound(
                    channel=channel,
                    external_id=address,
                    address=address,
                    name="Anna Rossi",
                    text="sono Anna Rossi, anna@example.it, 347 1234567",
                )
            )
    contact = Contact(channel="phone", text="chiama Anna", name="Anna Rossi", id="393471234567")
    async with gateway.database.begin() as session:
        await tickets.write_down(session, contact, operator=carla)
    async with gateway.database.read() as session:
        ids = list(await session.scalars(select(Conversation.citizen_id)))
        assert len(ids) == 9
        assert set(ids) == {None}
        assert list(await session.scalars(select(CitizenChange.id))) == []


def test_every_channel_has_a_name_for_citizens() -> None:
    words = Knowledge.load(ROOT / "data")
    unknown = joining.title_of(words, "piccione")
    assert unknown == "un altro canale"
    for module in iter_modules(channels.__path__):
        assert joining.title_of(words, module.name) != unknown


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("collega", "ask"),
        ("  «Collega» ", "ask"),
        ("collega un altro canale", "ask"),
        ("collega Telegram", "ask"),
        ("scollega", "part"),
        ("collega bcdf 2345", "use"),
        ("collega BCDF2345", "use"),
        ("collega BCDF-2345 grazie, Anna", "use"),
        ("collega BCDF–2345", "use"),
        ("BCDF-2345", "use"),
        ("collega BCDF-234", "use"),  # a slip: told so, and hidden all the same
    ],
)
def test_commands_are_exact(text: str, act: str) -> None:
    wish = wish_of(text)
    assert wish is not None
    assert wish.act == act
    assert "BCDF" not in wish.text.upper()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "il mio collega dice che lo sportello è chiuso",
        "Collega,\nti scrivo per la riunione",
        "collega 3471234567",
        "collega il telefono alla rete",
        "come mi collego al fascicolo?",
        "2345-6789",
        "la pratica RX22-4567",
        "URP-26-7K3Q",
    ],
)
def test_other_words_are_no_command_and_stay_whole(text: str) -> None:
    assert wish_of(text) is None


@pytest.mark.parametrize("text", ["sì", "Si", "sì, collega", "SÌ.", "1"])
def test_a_plain_yes_is_a_consent(text: str) -> None:
    assert consent(text) is True


@pytest.mark.parametrize("text", ["sì ma dove?", "forse", "ok", "", "sì no", "certo che no"])
def test_what_is_not_a_plain_yes_is_none(text: str) -> None:
    assert consent(text) is not True
