"""What is new in a reply. When in doubt a line stays: it may be a cry for help."""

from mailparser_reply import EmailReplyParser

LONGEST = 20_000  # characters that are looked at


def unquoted(text: str) -> str:
    """The reply without what it quotes, in front of it, behind it or between its lines."""
    replies = EmailReplyParser(languages=["it", "en"]).read(text[:LONGEST]).replies
    kept = [_own(replies[0].full_body)] if replies else []
    kept += [_own(one.full_body) for one in replies[1:] if _is_marked(one.full_body)]
    return "\n\n".join(part for part in kept if part) or text[:LONGEST].strip()


def _is_marked(text: str) -> bool:
    """Quoted line by line: what is not marked was written by the sender."""
    return any(line.startswith(">") for line in text.split("\n"))


def _own(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip()
