"""Hides tax codes and bank accounts that a citizen wrote although nobody asked."""

import re
from collections.abc import Callable
from typing import NamedTuple

from stdnum import iban
from stdnum.it import codicefiscale

SEPARATED = r"[ .:-]?"
TAX_CODE = re.compile(
    rf"(?<!\w)(?:[A-Z]{SEPARATED}){{6}}(?:[0-9LMNPQRSTUV]{SEPARATED}){{2}}[ABCDEHLMPRST]{SEPARATED}"
    rf"(?:[0-9LMNPQRSTUV]{SEPARATED}){{2}}[A-Z]{SEPARATED}(?:[0-9LMNPQRSTUV]{SEPARATED}){{3}}[A-Z]"
    r"(?!\w)",
    re.IGNORECASE,
)
# 15 to 34 signs, in groups as people write them; the words behind it may look like more of it
ACCOUNT = re.compile(
    rf"(?<!\w)[A-Z]{{2}}{SEPARATED}\d{SEPARATED}\d(?:{SEPARATED}[A-Z0-9]){{11,30}}", re.I
)
BETWEEN = re.compile(r"[ .:-]")


class Masked(NamedTuple):
    """`hidden`: which kinds were found, as the sentences about them are called."""

    text: str
    hidden: tuple[str, ...]


def mask(text: str) -> Masked:
    """The text with «[… nascosto]» in place of every code whose checksum is right."""
    hidden = []
    for kind, hide in KINDS.items():
        shown = hide(text)
        if shown != text:
            hidden.append(kind)
        text = shown
    return Masked(text, tuple(hidden))


def _tax_codes(text: str) -> str:
    return TAX_CODE.sub(lambda found: _tax_code(found[0]), text)


def _tax_code(found: str) -> str:
    bare = BETWEEN.sub("", found)
    return "[codice fiscale nascosto]" if codicefiscale.is_valid(bare) else found


def _accounts(text: str) -> str:
    return ACCOUNT.sub(lambda found: _account(found[0]), text)


def _account(found: str) -> str:
    """The longest beginning that is an account; what follows stays."""
    for end in range(len(found), 14, -1):
        whole = end == len(found) or not found[end].isalnum()
        if whole and iban.is_valid(BETWEEN.sub("", found[:end])):
            return "[IBAN nascosto]" + found[end:]
    return found


KINDS: dict[str, Callable[[str], str]] = {
    "codice_fiscale_nascosto": _tax_codes,
    "iban_nascosto": _accounts,
}
