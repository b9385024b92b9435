from italian.tokens import tokens, words


def test_elided_articles_are_words_of_their_own():
    assert words("dov'è l'ambulatorio dell'ecografia") == [
        "dov",
        "è",
        "l",
        "ambulatorio",
        "dell",
        "ecografia",
    ]


def test_punctuation_and_emoji_are_no_words():
    assert words("ciao, come va? 😀 ... (bene)") == ["ciao", "come", "va", "bene"]


def test_addresses_and_numbers_are_one_word():
    assert words("urp@ospedale.it 070.123456 3,50") == ["urp@ospedale.it", "070.123456", "3,50"]


def test_a_long_run_of_signs_is_cut_and_no_word_moves():
    text = "aiuto " + "(" * 4000 + "_!?" * 100 + " non respira"
    found = tokens(text)
    assert len(found) < 20
    assert words(text) == ["aiuto", "non", "respira"]
    assert text[found[-1].idx :] == "respira"
