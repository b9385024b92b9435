import pytest

from italian.data import word_list
from italian.lemmas import lemmas
from italian.lexicon import concepts
from italian.normalise import normalise
from italian.tokens import words


def named(text):
    return concepts(words(normalise(text)))


@pytest.mark.parametrize("text", ["i raggi al ginocchio", "la lastra", "rx torace", "raggi x"])
def test_lay_words_of_one_thing_are_one_concept(text):
    assert "radiografia" in named(text)


def test_inflected_words_are_found():
    assert named("le ricette") == named("la ricetta") == ["impegnativa"]
    assert lemmas(["prenotata", "ospedali", ""]) == ["prenotare", "ospedale", ""]


def test_the_longest_expression_wins():
    assert named("cartella clinica") == ["cartella"]
    assert named("piano terapeutico") == ["farmacia"]


def test_an_expression_under_two_concepts_is_refused_by_name(tmp_path):
    (tmp_path / "italian").mkdir()
    (tmp_path / "italian" / "chat.yml").write_text("chat: {}", encoding="utf-8")
    (tmp_path / "italian" / "lexicon.yml").write_text("a: [lastra]\nb: [lastre]", encoding="utf-8")
    with pytest.raises(ValueError, match="lastre.*stands under a and b"):
        concepts(["x"], data=tmp_path)


def test_the_packaged_lexicon_knows_hundreds_of_expressions():
    assert sum(map(len, word_list("lexicon.yml").values())) >= 150
