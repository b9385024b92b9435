"""Where anybody can write in another's name, what matters must answer a letter of ours."""

from handoff.gateway import Gateway
from handoff.privacy import SURELY
from tests.handoff.joined import are_one, code_of, on, stand_alone
from tests.handoff.talk import Citizen
from tests.handoff.test_privacy import offer


async def test_a_yes_joins_only_as_an_answer_to_our_question(
    gateway: Gateway, mail: Citizen
) -> None:
    chat = on(gateway, "webchat")
    await mail.hears(f"collega {await code_of(chat)}")
    for said in ({"text": "sì"}, {"payload": "canali:si"}):
        [again] = await mail.hears(**said)
        assert again.topic == "collega_rispondendo"
        assert [button["payload"] for button in again.buttons] == ["canali:si", "canali:no"]
        assert await stand_alone(chat, mail)
    [done] = await mail.hears("sì", thread=(await mail.conversation()).id)
    assert done.topic == "collegato"
    assert await are_one(chat, mail)


async def test_a_no_needs_no_proof(gateway: Gateway, mail: Citizen) -> None:
    chat = on(gateway, "webchat")
    await mail.hears(f"collega {await code_of(chat)}")
    [done] = await mail.hears("no")
    assert done.topic == "collega_no"


async def test_nothing_is_erased_but_as_an_answer_to_our_question(mail: Citizen) -> None:
    await mail.hears("dove posso parcheggiare?")
    await offer(mail, SURELY)
    [again] = await mail.hears(payload=SURELY)
    assert again.topic == "dati_rispondendo"
    assert "dove posso parcheggiare?" in [each.text for each in await mail.everything()]
    [done] = await mail.hears(payload=SURELY, thread=(await mail.conversation()).id)
    assert done.topic == "dati_cancellati"


async def test_another_s_letter_in_a_thread_proves_nothing(
    gateway: Gateway, mail: Citizen
) -> None:
    chat, thief = on(gateway, "webchat"), on(gateway, "email", "thief@example.it")
    await thief.hears("dove posso parcheggiare?")
    await mail.hears(f"collega {await code_of(chat)}")
    await mail.says("sì", thread=(await thief.conversation()).id)
    assert await stand_alone(chat, mail, thief)
