import pytest

from italian.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Perche' non rispondete?? E' urgente!!!", "perché non rispondete? è urgente!"),
        ("nn so xké, cmq qnd aprite", "non so perché, comunque quando aprite"),
        ("c'e' un po' di posto in citta'", "c'è un po' di posto in città"),
        ("né io ne' lui, lunedi'", "né io né lui, lunedì"),
        ("Qual’è l’orario?", "qual è l'orario?"),
        ("aiutoooo non respiroooo", "aiuto non respiro"),
        ("il reparto si chiama 'medicina'", "il reparto si chiama 'medicina'"),
        ("x 2 gg", "per 2 giorni"),
        ("raggi x", "raggi rx"),
        ("grazie.dove siete", "grazie. dove siete"),
    ],
)
def test_chat_spelling_accents_and_apostrophes_become_standard(written, read):
    assert normalise(written) == read


def test_addresses_amounts_and_numbers_stay_whole():
    text = "urp@ospedale.it www.ospedale.it 3.50 070.123456 URP-26-7K3Q"
    assert normalise(text) == text.lower()


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad"])
def test_characters_that_cannot_be_seen_do_not_split_words(hidden):
    assert normalise(f"do{hidden}lore") == "dolore"


def test_composed_decomposed_and_fancy_letters_are_the_same():
    assert normalise("perche\u0301") == normalise("perché") == "perché"
    assert normalise("𝐚𝐢𝐮𝐭𝐨") == "aiuto"


@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "😀😀😀", "\ud800"])
def test_text_without_words_is_no_error(text):
    assert isinstance(normalise(text), str)


def test_normalising_twice_changes_nothing_more():
    once = normalise("Perche' un po' di XKÉ... e' cosi', dov'e' l'URP???")
    assert normalise(once) == once


def test_another_data_folder_brings_its_own_spellings(tmp_path):
    (tmp_path / "italian").mkdir()
    (tmp_path / "italian" / "chat.yml").write_text("chat: {zzt: zitto}", encoding="utf-8")
    assert normalise("zzt xké", data=tmp_path) == "zitto xké"
