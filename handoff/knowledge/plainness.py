"""How plain the approved words are: the Gulpease index, 0 (hard) to 100 (easy).

89 + (300 · sentences − 10 · letters) / words: Lucisano and Piemontese, 1988; from 60 on, people
who went to lower secondary school read it without help.
`python -m handoff.knowledge.plainness` prints it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

from handoff.knowledge.blocks import BadKnowledge, read_blocks
from handoff.knowledge.checking import texts

LEAST, LEAST_MEAN = 50, 60  # of one answer, and of all of them
SHOWN = 10  # the hardest
ONE_WORD = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|\{[a-z_]+\}|\d[\d .]*\d|URP-\S+")
WORD = re.compile(r"[^\W_]+")
END = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
JUDGED = ("answer", "more")


def gulpease(text: str) -> float:
    """Of a text without words it is 100."""
    plain = ONE_WORD.sub("voce", text.strip())
    words = WORD.findall(plain)
    if not words:
        return 100.0
    sentences = max(1, len(END.findall(plain if END.search(plain[-1:]) else plain + ".")))
    letters = sum(len(word) for word in words)
    return min(100.0, 89 + (300 * sentences - 10 * letters) / len(words))


def judged(data: Path) -> Iterator[tuple[str, float, bool]]:
    """Every text below `data` with its index, and whether it is an answer that is judged."""
    for block in read_blocks(data):
        entry = block.entry()
        for name, text in texts(entry):
            yield f"{block.key}.{name}", gulpease(text), name in JUDGED


def main(data: Path) -> int:
    found = sorted(judged(data), key=lambda each: each[1])
    answers = [(place, index) for place, index, counts in found if counts]
    average = mean(index for _, index in answers)
    _print(f"Gulpease of {len(answers)} answers: {average:.1f} on average (wanted: {LEAST_MEAN})")
    for place, index, _ in found[:SHOWN]:
        _print(f"{index:5.1f}  {place}")
    hard = [place for place, index in answers if index < LEAST]
    for place in hard:
        _print(f"{place} is hard to read: shorter sentences and words, please")
    return 1 if hard or average < LEAST_MEAN else 0


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("data")))
    except BadKnowledge as error:
        sys.exit(str(error))
