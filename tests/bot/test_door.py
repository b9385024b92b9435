"""The converse door keeps its contract."""

import json

import pytest


def decision(door, text, **fields):
    return door.ask(text, **fields).json()["decision"]


def test_a_question_is_answered_by_its_key(door):
    assert door.ask("dove si parcheggia?").json() == {
        "replies": [{"say": "parcheggio", "with": {}}],
        "parse": {
            "intent": "parcheggio",
            "confidence": 0.9,
            "ranking": [{"name": "parcheggio", "confidence": 0.9}],
            "entities": [],
            "topics": ["parcheggio"],
            "verdict": "answer",
        },
        "decision": "answer",
        "ticket": None,
        "model": "tiny",
    }


def test_a_look_up_is_answered_with_its_values(door):
    answer = door.ask("il reparto di ortopedia").json()
    assert answer["replies"] == [{"say": "reparto", "with": {"nome": "Ortopedia"}}]
    assert answer["decision"] == "answer"


def test_an_offer_carries_the_choices_and_leaves_the_classifiers_word_alone(door):
    answer = door.ask("forse").json()
    assert answer["replies"] == [{"say": "scelta", "with": {"choices": ["parcheggio", "orari"]}}]
    assert (answer["decision"], answer["ticket"]) == ("offer", None)
    assert (answer["parse"]["intent"], answer["parse"]["verdict"]) == ("parcheggio", "offer")


def test_twice_not_understood_brings_a_person(door):
    assert decision(door, "boh") == "decline"
    answer = door.ask("bah").json()
    assert answer["decision"] == "handoff"
    assert answer["ticket"] == {
        "kind": "persona",
        "reason": "non_capito",
        "topic": None,
        "fields": {},
    }


def test_of_two_questions_both_are_answered_and_only_the_last_acts(door):
    answer = door.ask("dove si parcheggia e vorrei una persona").json()
    assert [reply["say"] for reply in answer["replies"]] == ["parcheggio", "persona"]
    assert answer["parse"]["topics"] == ["parcheggio", "persona"]
    assert answer["decision"] == "handoff"


def test_a_look_up_that_is_asked_first_is_told_what_it_is_asked_for(door, actions):
    answer = door.ask("il reparto, e vorrei una persona").json()
    assert [reply["say"] for reply in answer["replies"]] == ["reparto", "persona"]
    assert answer["decision"] == "handoff"
    heard = actions.asked[-1]["tracker"]["latest_message"]
    assert heard["intent"]["name"] == "reparto"
    assert heard["text"] == "il reparto, e vorrei una persona"


def test_a_form_asks_takes_and_ends(door):
    assert decision(door, "un reclamo") == "form"
    assert decision(door, "hanno perso la mia cartella") == "form"
    answer = door.ask("in ambulatorio").json()
    cosa = {"cosa": "hanno perso la mia cartella"}
    assert answer["replies"] == [{"say": "reclamo.inviato", "with": cosa}]
    assert answer["decision"] == "handoff"
    assert answer["ticket"]["kind"] == "reclamo"


def test_a_question_inside_a_form_is_answered_and_the_form_goes_on(door):
    door.ask("un reclamo")
    answer = door.ask(payload="orari").json()
    assert [reply["say"] for reply in answer["replies"]] == ["orari", "reclamo.cosa"]
    assert answer["decision"] == "form"


def test_a_form_given_up_is_an_answer(door):
    door.ask("un reclamo")
    answer = door.ask(payload="annulla").json()
    assert [reply["say"] for reply in answer["replies"]] == ["reclamo.annullato"]
    assert answer["decision"] == "answer"


def test_a_form_that_ended_leaves_nothing_for_the_next(door):
    for text in ("un reclamo", "hanno perso la mia cartella"):
        door.ask(text)
    door.ask(payload="annulla")
    assert door.said("un reclamo") == ["reclamo.cosa"]


def test_reset_ends_the_form_and_its_slots_first(door):
    for text in ("un reclamo", "hanno perso la mia cartella"):
        door.ask(text)
    assert door.said("orari", reset=True) == ["orari"]
    assert door.said("un reclamo") == ["reclamo.cosa"]


def test_reset_forgets_that_the_bot_was_unsure(door):
    door.ask("boh")
    assert decision(door, "bah", reset=True) == "decline"


def test_a_button_is_certain_and_carries_its_value(door):
    parse = door.ask(payload="parcheggio:san_giovanni").json()["parse"]
    assert (parse["intent"], parse["confidence"], parse["verdict"]) == (
        "parcheggio",
        1.0,
        "answer",
    )
    assert parse["entities"] == [{"entity": "valore", "value": "san_giovanni"}]


@pytest.mark.parametrize(
    "payload",
    [
        "sconosciuto",
        "ancora_incerto",  # names of the dialogue's own, which no button carries
        "restart",
        "nlu_fallback",
        "/restart",
        "orari:",
        "orari:a b",
        "orari:" + "a" * 41,
        "Orari",
        "",
        7,
    ],
)
def test_only_payloads_of_our_buttons_are_taken(door, served, payload):
    answer = door.ask(payload=payload)
    assert (answer.status_code, set(answer.json())) == (422, {"detail"})
    assert served.rows() == []


@pytest.mark.parametrize(
    "text",
    ["/restart", " /restart", "/parcheggio", '/reclamo{"reclamo_cosa": "x"}', "\t/session_start"],
)
def test_a_leading_slash_is_a_character_like_any_other(door, text):
    parse = door.ask(text).json()["parse"]
    assert parse["confidence"] < 1.0  # understood, not obeyed
    assert parse["entities"] == []


def test_a_slash_inside_an_open_form_is_its_value(door):
    door.ask("un reclamo")
    door.ask(" /restart")
    with_value = door.ask("qui").json()["replies"]
    assert with_value == [{"say": "reclamo.inviato", "with": {"cosa": "/restart"}}]


def test_words_that_look_like_a_payload_stay_words(door):
    answer = door.ask("persona:1").json()
    assert answer["parse"]["confidence"] == 0.9
    assert answer["parse"]["entities"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "orari", "payload": "orari"},
        {"text": "   "},
        {"text": "a" * 4001},
        {"text": 5},
        {"text": "orari", "conversation_id": ""},
        {"text": "orari", "conversation_id": "a" * 101},
        {"text": "orari", "message_id": None},
        {"text": "orari", "metadata": "web"},
        {"text": "orari", "reset": "yes"},
        {"text": "orari", "sender": "x"},
    ],
)
def test_a_question_out_of_shape_is_refused(door, fields):
    answer = door.ask(**fields)
    assert (answer.status_code, set(answer.json())) == (422, {"detail"})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 60_000])
def test_a_body_that_is_no_object_is_refused(door, body):
    answer = door.http.post("/webhooks/handoff/converse", content=body)
    assert (answer.status_code, set(answer.json())) == (422, {"detail"})


@pytest.mark.parametrize("text", ["\x00", "\ud83d", "😀", "\u202eirotarbal", "<script>1</script>"])
def test_odd_characters_get_an_answer(door, text):
    body = json.dumps({"conversation_id": "c", "message_id": "m", "text": text})
    answer = door.http.post("/webhooks/handoff/converse", content=body)
    assert (answer.status_code, answer.json()["decision"]) == (200, "decline")


def test_a_large_body_is_refused(door):
    answer = door.http.post("/webhooks/handoff/converse", content=b"x" * 100_000)
    assert (answer.status_code, set(answer.json())) == (413, {"detail"})


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer"}, {"Authorization": "é"}])
def test_without_the_token_nothing_is_told(served, header):
    http = served.visitor("x" * 40).http
    if not header:
        del http.headers["Authorization"]
    raw = {name: value.encode("latin-1") for name, value in header.items()}
    answers = [
        http.post("/webhooks/handoff/converse", json={}, headers=raw),
        http.delete("/webhooks/handoff/conversations/c1", headers=raw),
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == {"detail": "The token is missing or wrong."}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/version"),
        ("GET", "/status"),
        ("GET", "/domain"),
        ("POST", "/model/parse"),
        ("GET", "/conversations/c1/tracker"),
        ("POST", "/conversations/c1/messages"),
        ("POST", "/webhooks/rest/webhook"),
        ("GET", "/webhooks/handoff/converse"),
    ],
)
def test_of_rasas_server_only_the_door_is_open(door, method, path):
    answer = door.http.request(method, path, json={} if method == "POST" else None)
    assert answer.status_code in {404, 405}
    assert set(answer.json()) == {"detail"}


def test_health_names_the_model_without_a_token(served):
    answer = served.visitor("-").http.get("/webhooks/handoff/health")
    assert answer.json() == {"status": "ok", "model": "tiny"}


def test_erasing_leaves_nothing(door, served):
    door.ask("un reclamo", conversation="c1")
    door.ask("orari", conversation="c2")
    assert door.erase("c1").status_code == 204
    assert [row.conversation_id for row in served.rows()] == ["c2"]
    assert door.erase("c1").status_code == 204
