"""A customer's thank-you, once per visit, for those who worked on the car."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotFound
from journal import log
from services.models import Appointment, Thanks
from services.visits import concerned, live

LONGEST_TEXT = 600  # characters
AFTER = (Appointment.Status.READY, Appointment.Status.DONE)


def may_thank(visit: Appointment) -> bool:
    """The work is done, and nobody has said it yet. One read."""
    return visit.status in AFTER and not Thanks.objects.filter(appointment=visit).exists()


def thank(*, by: User, appointment: Appointment, text: str = "", now: datetime) -> Thanks:
    """Thank the team; words may stay away. Raises NotFound, Invalid, Conflict (too_early, thanked)."""
    words = text.strip()
    if len(words) > LONGEST_TEXT:
        raise Invalid(_("This is too long. Please shorten it."), code="text_too_long", field="text")
    with transaction.atomic():
        visit = (
            concerned.shared_with(by, now)
            .select_related("centre", "service_type", "booked_by")
            .select_for_update(of=("self",))
            .filter(pk=appointment.pk)
            .first()
        )
        if visit is None:
            raise NotFound(_("This appointment was not found."))
        if visit.status not in AFTER:
            raise Conflict(_("You can say thank you when the work is done."), code="too_early")
        if Thanks.objects.filter(appointment=visit).exists():
            raise Conflict(_("The team has your thank-you already."), code="thanked")
        thanks = Thanks.objects.create(appointment=visit, by=by, text=words, at=now)
        log.record(
            "services.thanked",
            by=by,
            subject=visit,
            data={"centre": visit.centre_id, "code": visit.code, "thanks": thanks.pk},
            audience=[by],
            at=now,
        )
        live.tell(visit, "thanks")
    return thanks
