"""The words of an HTML mail: no tags, no styles, nothing hidden, nothing fetched."""

import re
from html.parser import HTMLParser

SILENT = {"script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe"}
BREAKS = {"br", "p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "hr", "pre"} | {
    f"h{level}" for level in range(1, 7)
}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = ""
        self._depth = 0  # of elements called as the silent one
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent:
            self._depth += tag == self._silent
        elif tag in SILENT:
            self._silent, self._depth = tag, 1
        elif tag in BREAKS:
            self._quotes += tag == "blockquote"
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._depth -= tag == self._silent
            self._silent = self._silent if self._depth > 0 else ""
        elif tag in BREAKS:
            self._quotes = max(0, self._quotes - (tag == "blockquote"))
            self._break()

    def _break(self) -> None:
        """A quotation is marked as plain mails mark it, so that it is recognised as one."""
        self.found.append("\n" + "> " * min(self._quotes, 3))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(re.sub(r"\s+", " ", data))


def words(html: str) -> str:
    parser = _Words()
    parser.feed(re.sub(r"(?i)</?body\b", "</head><body", html))  # a head left open hides all
    parser.close()
    lines = (line.strip() for line in "".join(parser.found).split("\n"))
    text = "\n".join("" if not line.strip("> ") else line for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
