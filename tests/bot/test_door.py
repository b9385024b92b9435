"""The converse door keeps its contract."""


def test_a_question_is_answered_by_its_key(door):
    answer = door.ask("dove si parcheggia?").json()
    assert answer == {
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
