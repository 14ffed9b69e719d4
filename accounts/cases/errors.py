"""What can keep a case from going on."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError


class CaseMovedOn(Conflict):
    """Somebody did something in the case since the reader saw it."""

    code = "case_moved_on"

    def __init__(self, version: int) -> None:
        super().__init__(
            _("Somebody worked on this request meanwhile. Read what is new, then send again."),
            extra={"version": version},
        )


class CaseClosed(Conflict):
    code = "case_closed"


class TooManyCases(DomainError):
    """Guests are counted by their network address."""

    code = "too_many_cases"
    status = 429

    def __init__(self, seconds: int) -> None:
        message: Any = _("Those were many requests in a short time. Please call us, or try again in an hour.")
        super().__init__(message, extra={"retry_after": seconds})
