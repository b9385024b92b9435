"""Hides what names a person: tax code, bank account, telephone, e-mail."""

import re

from stdnum import iban

from italian.contacts import ABROAD, EMAIL, ITALIAN, PHONE
from italian.hidden import ANY_HIDDEN, HIDDEN

# With the letters that stand for digits when two people share a code (omocodia); a mistyped one
# names its owner as well, so the check letter is not asked
TAX_CODE = re.compile(
    r"(?<!\w)(?:[A-Z]\s?){6}(?:[\dLMNP-V]\s?){2}[A-Z]\s?(?:[\dLMNP-V]\s?){2}"
    r"[A-Z]\s?(?:[\dLMNP-V]\s?){3}[A-Z](?!\w)",
    re.IGNORECASE,
)
ACCOUNT = re.compile(r"(?<!\w)[A-Z]{2}\s?\d{2}(?:[ -]?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
ITALIAN_ACCOUNT = re.compile(r"IT\d{2}[A-Z]\d{10}[A-Z0-9]{12}", re.IGNORECASE)
SHORTEST_ACCOUNT = 15  # Norway's
DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:19|20)?\d{2}")


def masked(text: str) -> str:
    """The text with a word in brackets for each of them."""
    return PHONE.sub(_phone, without_codes(EMAIL.sub(HIDDEN["email"], text)))


def without_codes(text: str) -> str:
    """The text with a word in brackets for tax codes and bank accounts.

    Nobody asks for them in a chat; telephone numbers and addresses stay, to be called back.
    """
    return TAX_CODE.sub(HIDDEN["tax_code"], ACCOUNT.sub(_account, text))


def names_somebody(text: str) -> bool:
    """Whether something of it would be hidden, or is."""
    return masked(text) != text or ANY_HIDDEN.search(text) is not None


def _account(found: re.Match[str]) -> str:
    """Blanks may join the next words to it: the longest part that is an account is hidden."""
    text = found[0]
    for end in range(len(text), SHORTEST_ACCOUNT - 1, -1):
        if text[end - 1].isalnum() and _is_account(text[:end]):
            return HIDDEN["account"] + text[end:]
    return text


def _is_account(found: str) -> bool:
    compact = re.sub(r"[ -]", "", found)
    return bool(ITALIAN_ACCOUNT.fullmatch(compact)) or iban.is_valid(compact)


def _phone(found: re.Match[str]) -> str:
    digits = re.sub(r"^00", "+", re.sub(r"[ ./-]", "", found[0]))
    is_ours = ITALIAN.fullmatch(digits.removeprefix("+39"))
    is_phone = not DATE.fullmatch(found[0]) and (is_ours or ABROAD.fullmatch(digits))
    return HIDDEN["phone"] if is_phone else found[0]
