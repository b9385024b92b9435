"""Why a course did not come to its end."""


class Stuck(AssertionError):
    """In one Italian sentence, as the table shows it."""
