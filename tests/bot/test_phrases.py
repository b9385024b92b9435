"""The phrases of this repository: many, in several voices, none a copy of another."""

from collections import Counter, defaultdict

from bot.near_copies import near_copies
from bot.phrases import Phrase, read_phrases
from bot.snapshot import PACKAGED

PHRASES = list(read_phrases(PACKAGED))
# There are only so many ways to say yes, goodbye or "let me talk to a person"
STEERING = {"saluto", "congedo", "ringraziamento", "conferma", "negazione", "annulla", "insulto"}
STEERING |= {"aiuto", "sei_un_bot", "parla_con_operatore", "lingua_straniera"}
FEWEST, FEWEST_STEERING, FEWEST_OUT_OF_SCOPE = 120, 75, 600
FEWEST_VOICES = 4


def phrase(text: str, topic: str = "bar", place: str = "a") -> Phrase:
    return Phrase(topic, text, "giovani", "semplice", place)


def test_every_topic_has_enough_phrases():
    counted = Counter(each.topic for each in PHRASES)
    needed = {topic: FEWEST_STEERING if topic in STEERING else FEWEST for topic in counted}
    needed["fuori_ambito"] = FEWEST_OUT_OF_SCOPE
    assert {topic: n for topic, n in counted.items() if n < needed[topic]} == {}


def test_every_topic_is_said_in_several_voices():
    heard = defaultdict(set)
    for each in PHRASES:
        heard[each.topic].add(each.voice)
    assert {topic: voices for topic, voices in heard.items() if len(voices) < FEWEST_VOICES} == {}


def test_a_near_copy_is_noticed_whatever_the_order_of_its_words():
    first, copy = phrase("dove si trova il bar?"), phrase("il bar dove si trova", place="b")
    other = phrase("il bar dove si trova", topic="sedi", place="c")
    assert list(near_copies([first, copy, other])) == [(first, copy)]


def test_fragments_may_be_alike():
    assert list(near_copies([phrase("orari bar"), phrase("orari del bar")])) == []
