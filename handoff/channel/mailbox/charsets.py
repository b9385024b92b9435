"""What bytes mean, whatever their label says: mails say UTF-8 and are Windows, or the reverse."""

LATIN = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252", ""}


def decode(content: bytes, label: str = "") -> str:
    """Never raises. What is valid UTF-8 hardly ever is anything else."""
    label = label.strip().strip("\"'").lower()
    if label.replace("_", "-") in LATIN | {"utf-8", "utf8"}:
        return clean(_utf8_or_windows(content))
    try:
        return clean(content.decode(label))
    except (LookupError, ValueError):  # UnicodeError is a ValueError
        return clean(_utf8_or_windows(content))


def _utf8_or_windows(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def clean(text: str) -> str:
    """Without NUL and half surrogates, which no database takes, and with plain line ends."""
    text = (
        text.removeprefix("\ufeff").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    )
    return text.encode("utf-8", "replace").decode()
