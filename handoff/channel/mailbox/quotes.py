"""What is new in a reply. When in doubt a line stays: it may be a cry for help."""

import re

from mailparser_reply import EmailReplyParser

LONGEST = 20_000  # characters that are looked at
# The parser's patterns take the square of a line's length for each line that begins like the head
# of a quotation, and of a run of empty lines: a mail made for it would hold up everything for
# minutes. So empty lines are few, long lines are taken out and put back, heads are counted.
LONGEST_LINE = 250  # characters; heads of quotations are shorter
HEAD = re.compile(r"(?:> ?)*(?:il|on)\b", re.I)
MOST_WORK = 2_000_000
OPENS, CLOSES = "\ue000", "\ue001"  # for private use: they stand around a long line's number
TAKEN_OUT = re.compile(f"{OPENS}([0-9]+){CLOSES}")


def unquoted(text: str) -> str:
    """The reply without what it quotes, in front of it, behind it or between its lines."""
    lines = _plain(text)
    short = [_mark(n, line) if len(line) > LONGEST_LINE else line for n, line in enumerate(lines)]
    parts = _parts("\n".join(short)) if _work(short) <= MOST_WORK else ["\n".join(short)]
    kept = [_own(parts[0])] if parts else []
    kept += [_own(part) for part in parts[1:] if _is_marked(part)]
    told = "\n\n".join(part for part in kept if part)
    return _put_back(told, lines) or text[:LONGEST].strip()


def _plain(text: str) -> list[str]:
    """Its lines without blanks around them, and without more than one empty line in a row."""
    text = text[:LONGEST].replace(OPENS, "").replace(CLOSES, "")
    lines = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).split("\n")


def _mark(number: int, line: str) -> str:
    """It stays quoted if it was: by that the words of the sender below it are known."""
    return f"{'>' if line.startswith('>') else ''}{OPENS}{number}{CLOSES}"


def _put_back(text: str, lines: list[str]) -> str:
    return _own(TAKEN_OUT.sub(lambda found: lines[int(found[1])], text))


def _work(lines: list[str]) -> int:
    """How much the parser will try: a head may go on in the line below it."""
    pairs = zip(lines, [*lines[1:], ""], strict=True)
    return sum((len(line) + len(below)) ** 2 for line, below in pairs if HEAD.match(line))


def _parts(text: str) -> list[str]:
    replies = EmailReplyParser(languages=["it", "en"]).read(text).replies
    return [reply.full_body for reply in replies]


def _is_marked(text: str) -> bool:
    """Quoted line by line: what is not marked was written by the sender."""
    return any(line.startswith(">") for line in text.split("\n"))


def _own(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip()
