"""What everybody at the counter does first: take the visit, under lock, with the right to change it."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, NotAllowed
from services.desk import workday
from services.models import Appointment, Centre


def lock_visit(*, by: User, appointment: Appointment) -> Appointment:
    """A visit that takes place, locked until commit.

    Raises NotFound outside ``by``'s centres, NotAllowed without services.change_day there, Conflict
    (visit_gone) for one that was cancelled or whose car did not come.
    """
    locked = workday.locked_visit(by=by, appointment=appointment)
    if locked.status in Appointment.Status.gone():
        raise Conflict(_("This visit was cancelled."), code="visit_gone")
    return locked


def require_counter(*, by: User, centre: Centre) -> None:
    """Raises NotAllowed for who may look at this centre's day but not change it."""
    if not by.has_permission(workday.CHANGE_DAY, centre):
        raise NotAllowed(_("You may look at this day, but not change it."))
