from italian.tokens import words


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
