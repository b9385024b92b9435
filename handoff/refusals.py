"""What a command says instead of working, and the exit code that scripts can tell it by."""

from typing import ClassVar


class Refusal(Exception):
    """One sentence that names the remedy; nothing was changed."""

    code: ClassVar[int] = 1


class NewerSchema(Refusal):
    """The database or the backup was made by a version that this one does not know."""

    code = 3


class OlderSchema(Refusal):
    code = 3


class Busy(Refusal):
    """Somebody else is at it: the same command may work later."""

    code = 4


class Unequipped(Refusal):
    """A program, a right or a file that the command needs is missing."""

    code = 2
