"""The workshop's part of a person's data: their visits."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import keeping
from accounts.privacy.parts import Attached, Fate, Hold, PersonalData, Sheet, register_part
from common.civil import local_date
from services.models import Appointment, Resource

Row = dict[str, Any]
PART = "services"
LIMITATION_YEARS = 3  # BGB §195; claims for defects of a repair: §634a


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("visits", _("Your visits to the workshop"), lambda: _visits(user), table=True)


def _visits(user: User) -> Iterator[Row]:
    booked = user.appointments.select_related("centre", "service_type", "vehicle").order_by("pk")
    for visit in booked.iterator(200):
        yield {
            "number": visit.code,
            "service": visit.service_type.name,
            "centre": visit.centre.name,
            "vin": visit.vehicle.vin,
            "starts": visit.starts_at,
            "ends": visit.ends_at,
            "status": visit.get_status_display(),
            "price_cents": visit.price_cents,
            "note": visit.note,
            "booked": visit.created_at,
        }


def holds(*, user: User, now: datetime) -> Iterable[Hold]:
    present = [Appointment.Status.ARRIVED, Appointment.Status.IN_WORK, Appointment.Status.READY]
    for visit in user.appointments.filter(status__in=present).order_by("pk"):
        yield Hold("car_in_workshop", _("A car of the visit %(code)s is with us.") % {"code": visit.code})


def erase(*, user: User, now: datetime) -> None:
    """Notes go; visits stay with the car's and the workshop's history, who came is locked away."""
    done = user.appointments.filter(status=Appointment.Status.DONE)
    last = done.order_by("span").last()
    if last is not None:
        keeping.lock_away(
            user=user,
            part=PART,
            basis="BGB §§ 195, 199, 634a",
            until=keeping.end_of_year_after(local_date(last.ends_at), years=LIMITATION_YEARS),
            content={
                **keeping.identity_of(user),
                "visits": list(done.order_by("pk").values_list("code", flat=True)),
            },
            now=now,
        )
    user.appointments.exclude(note="").update(note="", version=F("version") + 1)
    Resource.objects.filter(user=user).update(user=None, name=str(_("Former colleague")), is_active=False)


register_part(
    PersonalData(
        name=PART,
        label=_("Workshop"),
        models={Appointment: Fate.KEPT, Resource: Fate.ANONYMOUS},
        export=export,
        erase=erase,
        holds=holds,
        place=70,
        goes=_("What you wrote to the workshop with your visits."),
        stays=_(
            "Your visits with your name: locked for three years after the end of the year, as long as "
            "either side could claim something from them (BGB §§ 195, 199)."
        ),
    )
)
