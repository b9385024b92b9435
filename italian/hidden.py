"""The words that stand where something that names a person was taken out of a text."""

import re

HIDDEN = {
    "email": "[e-mail]",
    "account": "[conto]",
    "tax_code": "[codice fiscale]",
    "phone": "[telefono]",
    "code": "[codice]",
}
ANY_HIDDEN = re.compile("|".join(map(re.escape, HIDDEN.values())))
