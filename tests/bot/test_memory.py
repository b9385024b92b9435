"""What is kept of a conversation, on both databases."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered

from bot.memory import Conversation
from bot.trackers import Overtaken, SnapshotStore
from tests.bot.doors import new_database, new_place
from tests.bot.tiny.training import HERE


@pytest.fixture(scope="session")
def domain() -> Domain:
    return Domain.load(str(HERE / "domain.yml"))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path, domain) -> Iterator[SnapshotStore]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/trackers.db"
    else:
        url = new_place(request.getfixturevalue("postgres_server"))
    opened = SnapshotStore(new_database(url))
    opened.domain = domain
    yield opened
    opened.close()


def said(text, number=0):
    parse = {"intent": {"name": "orari"}, "text": text, "entities": []}
    return UserUttered(text, parse["intent"], [], parse, message_id=f"m{number}")


def turn(conversation, number, *events):
    conversation.update(said(f"words {number}", number))
    for event in (*events, ActionExecuted("action_listen")):
        conversation.update(event)
    conversation.hear(f"m{number}")


async def test_a_stored_conversation_comes_back(store):
    conversation = await store.get_or_create_tracker("c1")
    turn(conversation, 1, ActionExecuted("utter_orari"))
    await store.save(conversation)
    found = await store.retrieve("c1")
    assert found.latest_message.text == "words 1"
    assert [str(event) for event in found.last_turn()] == [
        str(event) for event in conversation.last_turn()
    ]
    assert (found.version, found.has_just_heard("m1")) == (1, True)


async def test_nothing_is_stored_before_the_first_answer(store):
    await store.get_or_create_tracker("c1")
    assert list(await store.keys()) == []


async def test_the_second_to_begin_a_conversation_is_told(store):
    first, second = [await store.get_or_create_tracker("c1") for _ in range(2)]
    await store.save(first)
    with pytest.raises(Overtaken):
        await store.save(second)


async def test_of_two_writers_one_wins_and_the_other_is_told(store):
    await store.save(await store.get_or_create_tracker("c1"))
    rivals = [await store.retrieve("c1") for _ in range(8)]
    outcomes = await asyncio.gather(*map(store.save, rivals), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome] == [Overtaken] * 7
    assert (await store.retrieve("c1")).version == 2


async def test_many_writers_lose_no_turn(store):
    async def speak(number):
        while True:
            conversation = await store.get_or_create_tracker("c1")
            turn(conversation, number)
            try:
                return await store.save(conversation)
            except Overtaken:
                continue

    await asyncio.gather(*(speak(number) for number in range(12)))
    kept = await store.retrieve("c1")
    assert kept.version == 12
    assert all(kept.has_heard(f"m{number}") for number in range(12))


async def test_who_writes_after_erasure_does_not_bring_it_back(store):
    await store.save(await store.get_or_create_tracker("c1"))
    stale = await store.retrieve("c1")
    await store.erase("c1")
    with pytest.raises(Overtaken):
        await store.save(stale)
    assert await store.retrieve("c1") is None


def again(conversation, domain):
    snapshot = conversation.snapshot()
    return Conversation.restore("c1", domain, snapshot=snapshot, version=1)


def test_three_turns_are_kept_whole_and_the_rest_is_cut(domain):
    conversation = Conversation.new("c1", domain)
    for number in range(9):
        turn(conversation, number, ActionExecuted("utter_orari"))
        conversation = again(conversation, domain)
    texts = [event.text for event in conversation.events if isinstance(event, UserUttered)]
    assert texts == ["words 6", "words 7", "words 8"]


def test_a_snapshot_stops_growing(domain):
    conversation, sizes = Conversation.new("c1", domain), []
    for number in range(100):
        turn(conversation, number % 10, SlotSet("reclamo_cosa", f"value {number % 10}"))
        sizes.append(len(conversation.snapshot()))
        conversation = again(conversation, domain)
    assert max(sizes[60:]) - min(sizes[60:]) < 20  # digits of the moments
    assert max(sizes[60:]) < sizes[2] * 1.5


def test_slots_and_the_open_form_outlive_the_turns_that_are_cut(domain):
    conversation = Conversation.new("c1", domain)
    turn(
        conversation,
        0,
        ActionExecuted("reclamo_form"),
        ActiveLoop("reclamo_form"),
        SlotSet("requested_slot", "reclamo_dove"),
        SlotSet("reclamo_cosa", "perso tutto"),
    )
    for number in range(1, 9):
        turn(conversation, number, ActionExecuted("reclamo_form"))
        conversation = again(conversation, domain)
    assert conversation.current_slot_values()["reclamo_cosa"] == "perso tutto"
    assert conversation.get_slot("requested_slot") == "reclamo_dove"
    loop = conversation.active_loop
    assert (loop.name, loop.is_interrupted, loop.rejected) == ("reclamo_form", False, False)
    assert loop.trigger_message["text"] == "words 0"


def test_the_state_of_a_loop_comes_back_whole(domain):
    conversation = Conversation.new("c1", domain)
    turn(conversation, 0, ActionExecuted("reclamo_form"), ActiveLoop("reclamo_form"))
    conversation.reject_action("reclamo_form")
    conversation.interrupt_loop(True)
    state = conversation.active_loop
    snapshot = json.dumps(
        {"slots": {}, "loop": vars(state), "heard": [], "events": []}, default=str
    )
    found = Conversation.restore("c1", domain, snapshot=snapshot, version=1)
    assert found.active_loop == state


def test_a_copy_of_a_restored_conversation_is_the_same(domain):
    """Rasa copies a tracker before each action, by its events alone."""
    conversation = Conversation.new("c1", domain)
    turn(conversation, 0, ActiveLoop("reclamo_form"), SlotSet("reclamo_cosa", "perso"))
    for number in range(1, 6):
        turn(conversation, number)
        conversation = again(conversation, domain)
    copied = conversation.copy()
    assert copied.current_slot_values() == conversation.current_slot_values()
    assert copied.active_loop == conversation.active_loop


def test_what_a_new_model_no_longer_knows_is_let_go(domain):
    conversation = Conversation.new("c1", domain)
    turn(conversation, 0, ActiveLoop("reclamo_form"), SlotSet("reclamo_cosa", "perso"))
    for number in range(1, 6):
        turn(conversation, number)
    later = Domain.from_dict({"intents": ["orari"]})
    found = again(conversation, later)
    assert (found.active_loop_name, found.get_slot("reclamo_cosa")) == (None, None)
