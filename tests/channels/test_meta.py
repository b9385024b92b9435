"""Meta's signature, by the vector that was computed apart from our code."""

import pytest
from fastapi import HTTPException

from handoff.channel.webhook import refuse_forged, signature

# the escapes stand in the bytes that Meta signs
BODY = (
    rb'{"object":"page","entry":[{"id":"1","time":1,"messaging":[{"sender":{"id":"2"},'
    rb'"recipient":{"id":"1"},"timestamp":1,"message":{"mid":"m_1","text":"perch\u00e9"}}]}]}'
)
SIGNED = "sha256=b1b6ad116d1ff68c00d760d85b8a42ad3aa275463f3bf1cb4fd0cea7c8d28cb3"


def test_signs_the_escaped_bytes_as_meta_does() -> None:
    assert signature("app-secret", BODY) == SIGNED


def test_the_same_meaning_in_other_bytes_is_forged() -> None:
    again = signature("app-secret", BODY.replace(rb"\u00e9", "é".encode()))
    with pytest.raises(HTTPException):
        refuse_forged(SIGNED, again)


def test_any_of_several_secrets_will_do() -> None:
    refuse_forged(SIGNED, signature("another", BODY), signature("app-secret", BODY))


@pytest.mark.parametrize("given", [None, "", "sha256=", SIGNED.upper(), "é"])
def test_what_is_not_the_signature_is_refused(given: str | None) -> None:
    with pytest.raises(HTTPException):
        refuse_forged(given, SIGNED)
