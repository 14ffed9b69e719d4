"""Domain errors: anticipated failures with a stable code and words for people.

Noun modules raise them; each interface translates them once (common/pages.py for
forms, common/rest/problems.py for RFC 9457 problems).
"""

from typing import Any


class DomainError(Exception):
    """What happened and what to do next, in the reader's language.

    ``code`` is stable and part of the API; ``field`` names the input it concerns, if one;
    ``extra`` travels with the API's problem (ids, codes and times only).
    """

    code = "error"
    status = 400

    def __init__(
        self,
        message: Any,
        *,
        code: str | None = None,
        field: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field
        self.extra = extra or {}

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DomainError):
    """The input can't be accepted as it is."""

    code = "invalid"
    status = 400


class NotAllowed(DomainError):
    """This person may not do this."""

    code = "not_allowed"
    status = 403


class NotFound(DomainError):
    """No such thing for this person; also the answer for other people's things."""

    code = "not_found"
    status = 404


class Conflict(DomainError):
    """The input was right, but the state of the world has moved on."""

    code = "conflict"
    status = 409


class Unprocessable(DomainError):
    """Understood, but contradictory to what was said before (a reused idempotency key)."""

    code = "unprocessable"
    status = 422
