import pytest

from italian.contacts import find_contact


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("il mio numero è 347 123 4567", "3471234567"),
        ("070/123456", "070123456"),
        ("+39 347 1234567", "3471234567"),
        ("0039 070 123456", "070123456"),
        ("+49 151 23456789", "+4915123456789"),
        ("scrivete a Maria.Rossi@Posta.it grazie", "maria.rossi@posta.it"),
    ],
)
def test_a_telephone_or_an_address_is_found_in_a_sentence(text, contact):
    assert find_contact(text) == contact


@pytest.mark.parametrize(
    "text", ["", "12345", "347", "maria@rossi", "il 3/11/2026", "99999999999999"]
)
def test_what_cannot_be_called_or_written_to_is_refused(text):
    assert find_contact(text) is None
