"""Colleagues: what they can do, when they work and are away, and what they worked on."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy.parts import Attached, Fate, PersonalData, Sheet, register_part
from services.models import Absence, JobTime, Qualification, Resource, Shift

Row = dict[str, Any]


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("work", _("You in the workshop"), lambda: _rows(user))
    yield Sheet("working_times", _("When you worked on what"), lambda: _times(user), table=True)


def _rows(user: User) -> Iterator[Row]:
    for own in Resource.objects.filter(user=user).select_related("centre").order_by("pk"):
        yield {
            "centre": own.centre.name,
            "as": own.get_kind_display(),
            "name": own.name,
            "shown_to_customers_since": own.shown_since,
            "skills": [
                {"skill": held.skill.name, "valid_until": held.valid_until}
                for held in own.qualifications.select_related("skill").order_by("pk")
            ],
            "shifts": [
                {
                    "day": shift.get_weekday_display(),
                    "starts": str(shift.starts),
                    "ends": str(shift.ends),
                    "valid": str(shift.valid),
                }
                for shift in own.shifts.all()
            ],
            "extra_days": [
                {"day": extra.day, "starts": str(extra.opens), "ends": str(extra.closes)}
                for extra in own.extra_openings.all()
            ],
            "absences": [
                {"reason": away.get_reason_display(), "time": str(away.span)} for away in own.absences.all()
            ],
        }


def _times(user: User) -> Iterator[Row]:
    worked = JobTime.objects.filter(technician__user=user).select_related("job__service_type")
    for time in worked.order_by("pk").iterator(500):
        yield {
            "work": time.job.service_type.name,
            "started": time.started_at,
            "ended": time.ended_at,
        }


def erase(*, user: User, now: datetime) -> None:
    """Their row stays in the plan of days past, without a name; why they were away goes."""
    own = Resource.objects.filter(user=user)
    Absence.objects.filter(resource__in=own).update(reason=Absence.Reason.OTHER)
    own.update(user=None, name=str(_("Former colleague")), is_active=False, shown_since=None)


register_part(
    PersonalData(
        name="services.team",
        label=_("Workshop team"),
        models={
            Resource: Fate.ANONYMOUS,
            Qualification: Fate.ANONYMOUS,
            Shift: Fate.ANONYMOUS,
            Absence: Fate.ANONYMOUS,
            JobTime: Fate.ANONYMOUS,
        },
        export=export,
        erase=erase,
        place=76,
        goes=_("Of colleagues: their name in the workshop's plan, and why they were away."),
    )
)
