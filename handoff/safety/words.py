"""Which words of the clinicians' lists a citizen's word may be, however it is spelt."""

import re
import unicodedata

from rapidfuzz.distance import OSA
from simplemma import is_known

Atoms = frozenset[str]

FUZZY = 5  # letters from which a spelling mistake is tolerated
SHORTEST = 3  # letters of a beginning, as it sounds: "ahah*" sounds like "a*"
LONG = 11  # letters from which two are
SOUNDS = str.maketrans({"h": "", "k": "c", "q": "c", "y": "i", "j": "i"})
DOUBLED = re.compile(r"(\w)\1+")


def fold(word: str) -> str:
    """One spelling for what sounds alike: no accents, h, doubles; k and q as c."""
    plain = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return DOUBLED.sub(r"\1", plain.translate(SOUNDS).replace("gli", "li")) or word


class Vocabulary:
    """Every word of the lists, and which atoms (word, prefix or group) a citizen's word is."""

    def __init__(self, groups: dict[str, list[str]], loose: set[str], real_words: list[str]):
        is_known("pronto", lang="it")  # reads the dictionary now, not at a citizen's first slip
        self._exact: dict[str, set[str]] = {}
        self._prefixes: dict[str, set[str]] = {}
        self._real = {fold(word) for word in real_words}
        for name, members in groups.items():
            for member in members:
                self._add(member, "{" + name + "}")
        for word in loose:
            self._add(word, word)
        self._shelves: dict[tuple[str, int], list[str]] = {}
        for word in self._exact:
            if len(word) >= FUZZY - 1:  # "petto" has five letters, its fold "peto" four
                self._shelves.setdefault((word[0], len(word)), []).append(word)

    def _add(self, member: str, atom: str) -> None:
        table = self._prefixes if member.endswith("*") else self._exact
        folded = fold(member.rstrip("*"))
        if table is self._prefixes and folded.isalpha() and len(folded) < SHORTEST:
            raise ValueError(f"safety.yml: {member} begins too many words")
        table.setdefault(folded, set()).add(atom)

    def atoms(self, word: str) -> Atoms:
        """A right word stands for itself; only an unknown one may be a misspelt other."""
        folded = fold(word)
        found = self._spelt(folded)
        if not found and len(word) >= FUZZY and not self._is_real(word):
            found = self._misspelt(folded)
        return frozenset(found)

    def _spelt(self, folded: str) -> set[str]:
        found = set(self._exact.get(folded, ()))
        for prefix, atoms in self._prefixes.items():
            if folded.startswith(prefix):
                found |= atoms
        return found

    def _is_real(self, word: str) -> bool:
        """The dictionary lacks some words and the clinicians' list adds them."""
        return fold(word) in self._real or is_known(word, lang="it")

    def _misspelt(self, folded: str) -> set[str]:
        slips = 2 if len(folded) >= LONG else 1
        found: set[str] = set()
        for length in range(len(folded) - slips, len(folded) + slips + 1):
            for word in self._shelves.get((folded[0], length), ()):
                allowed = slips if len(word) >= LONG else 1
                if OSA.distance(word, folded, score_cutoff=allowed) <= allowed:
                    found |= self._spelt(word)
        return found or self._misspelt_beginning(folded)

    def _misspelt_beginning(self, folded: str) -> set[str]:
        found: set[str] = set()
        for prefix, atoms in self._prefixes.items():
            if len(prefix) > FUZZY and prefix[0] == folded[0]:
                for length in range(len(prefix) - 1, len(prefix) + 2):
                    if OSA.distance(prefix, folded[:length], score_cutoff=1) <= 1:
                        found |= atoms
        return found

    def unglued(self, word: str) -> list[Atoms]:
        """The words of "nonrespira", or nothing when it does not fall apart into known ones."""
        folded = fold(word)
        parts = (
            self._split(folded, most=4)
            if len(folded) >= 2 * FUZZY - 1 and not self._is_real(word)
            else None
        )
        if not parts or max(map(len, parts)) < FUZZY:
            return []
        return [frozenset(self._exact[part]) for part in parts]

    def _split(self, word: str, *, most: int) -> list[str] | None:
        if word in self._exact:
            return [word]
        for cut in range(len(word) - 2, 1, -1) if most > 1 else ():
            if word[:cut] in self._exact and (rest := self._split(word[cut:], most=most - 1)):
                return [word[:cut], *rest]
        return None
