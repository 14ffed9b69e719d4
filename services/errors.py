"""What can go wrong with a visit, in words, each with a stable code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict

if TYPE_CHECKING:
    from services.availability import Slot


class SlotTaken(Conflict):
    """Somebody else was faster; ``next_slots`` are the next free times."""

    code = "slot_taken"

    def __init__(self, next_slots: Sequence["Slot"]) -> None:
        self.next_slots = list(next_slots)
        super().__init__(
            _("This time has just been taken. Please choose another one."),
            field="starts_at",
            extra={
                "next": [
                    {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat()}
                    for slot in self.next_slots
                ]
            },
        )


class VehicleBusy(Conflict):
    """The same car would be at two places at once."""

    code = "vehicle_busy"

    def __init__(self) -> None:
        super().__init__(
            _("This car already has an appointment at that time. Please choose another time."),
            field="starts_at",
        )


class NotChangeable(Conflict):
    """Under way, over or cancelled: nothing to move or cancel any more."""

    code = "not_changeable"

    def __init__(self) -> None:
        super().__init__(_("This appointment can no longer be changed."))


class CutoffPassed(Conflict):
    """Too close to the start for the owner to change it alone."""

    code = "cutoff_passed"

    def __init__(self, *, hours: int, phone: str) -> None:
        super().__init__(
            _(
                "Appointments can be moved or cancelled up to %(hours)s hours before. "
                "Please call us: %(phone)s."
            )
            % {"hours": hours, "phone": phone}
        )
