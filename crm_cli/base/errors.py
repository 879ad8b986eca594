"""What can be wrong with a request, as exceptions that know their sentence and their exit code.

Trouble in the *data* is no exception: it is a value, `crm_cli.schema.problem.Problem`.
"""

from collections.abc import Sequence
from typing import ClassVar


class CrmError(Exception):
    """A request that cannot be fulfilled: one sentence, what to do about it, an exit code."""

    code: ClassVar[int] = 70

    def __init__(self, message: str, *, hint: str = "", candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.candidates = tuple(candidates)


class AnswerIsNo(CrmError):
    """The answer to what was asked is no."""

    code = 1


class BadRequest(CrmError):
    """The command, a query or a date phrase is not understood."""

    code = 2


class NotFound(CrmError):
    """A reference that gives no record."""

    code = 3


class Ambiguous(CrmError):
    """A reference that gives several records; `candidates` lists them."""

    code = 4


class Invalid(CrmError):
    """Data that a record cannot hold; nothing was written."""

    code = 5


class Refused(CrmError):
    """The book may not, or cannot, be written now."""

    code = 7


class Unreachable(CrmError):
    """The remote could not be reached, or refused."""

    code = 8


class InDoubt(Unreachable):
    """It was handed over and not answered for: nobody can know whether it arrived."""


class Busy(CrmError):
    """Another process held the lock for longer than we may wait."""

    code = 75


class BadValue(ValueError):
    """A text that does not fit its type; `code` is the stable name of the problem."""

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
