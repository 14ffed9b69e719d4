"""What can go wrong in the garage, with stable codes."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Conflict, DomainError, Invalid, NotFound


class VinInvalid(Invalid):
    code = "vin_invalid"


class PlateInvalid(Invalid):
    code = "plate_invalid"


class ClaimRefused(Invalid):
    """One answer for an unknown car and for a wrong code: nobody learns which cars exist."""

    code = "claim_refused"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy(
                "VIN and claim code do not belong together, or the code is used up. "
                "Please compare both with your handover sheet; your handover partner can issue a new code."
            ),
            field="code",
        )


class TooManyTries(DomainError):
    code = "too_many_tries"
    status = 429

    def __init__(self, *, until: datetime, now: datetime, field: str) -> None:
        clock = formats.time_format(timezone.localtime(until), "H:i")
        super().__init__(
            _("Too many tries. Please try again at %(clock)s.") % {"clock": clock},
            field=field,
            extra={"retry_at": until.isoformat(), "retry_after": int((until - now).total_seconds()) + 1},
        )


class VehicleNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(gettext_lazy("There is no such car in your garage."))


class AlreadyYours(Conflict):
    code = "already_yours"

    def __init__(self) -> None:
        super().__init__(gettext_lazy("This car is already in your garage."), field="vin")


class TransferPending(Conflict):
    code = "transfer_pending"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("A transfer of this car already waits for an answer. Withdraw it to offer another.")
        )


class TransferClosed(Conflict):
    code = "transfer_closed"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This offer is no longer open: it was answered or withdrawn, or it expired.")
        )


class ShareClosed(Conflict):
    code = "share_closed"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This access is no longer open: it has ended, or it was answered already.")
        )


class AlreadyShared(Conflict):
    code = "already_shared"

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("This person already has access or an open invitation. End it first to change it."),
            field="email",
        )


class TriesUncounted(DomainError):
    """The counter of tries is away: codes are not looked at until it is back."""

    code = "try_later"
    status = 503
