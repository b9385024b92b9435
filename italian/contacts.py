"""Finds a telephone number or an e-mail address in what a citizen writes."""

import re

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w])(?:\+|00)?\d(?:[ ./-]?\d){5,14}(?!\w)")
# Italian numbers: mobiles begin with 3 (9 or 10 digits), the others with 0 (6 to 11)
ITALIAN = re.compile(r"(?:3\d{8,9}|0\d{5,10})")
ABROAD = re.compile(r"\+\d{7,15}")


def find_email(text: str) -> str | None:
    found = EMAIL.search(text)
    return found[0].lower() if found else None


def find_phone(text: str) -> str | None:
    for found in PHONE.finditer(text):
        digits = re.sub(r"[ ./-]", "", found[0])
        digits = re.sub(r"^00", "+", digits)
        national = digits.removeprefix("+39")
        if ITALIAN.fullmatch(national):
            return national
        if not digits.startswith("+39") and ABROAD.fullmatch(digits):
            return digits
    return None


def find_contact(text: str) -> str | None:
    return find_email(text) or find_phone(text)
