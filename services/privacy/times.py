"""Times that are kept for somebody, and where their calendar finds their visits: all of it goes."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy.parts import Attached, Fate, PersonalData, Sheet, register_part
from services.models import CalendarFeed, Hold, WaitlistEntry

Row = dict[str, Any]


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("held_times", _("Times that we kept for you"), lambda: _held(user))
    yield Sheet("waitlist", _("Where you wait for an earlier time"), lambda: _waiting(user))
    yield Sheet("calendar", _("Your calendar address"), lambda: _calendar(user))


def _held(user: User) -> Iterator[Row]:
    for hold in Hold.objects.filter(user=user).select_related("centre", "vehicle").order_by("pk"):
        yield {
            "why": hold.get_purpose_display(),
            "centre": hold.centre.name,
            "vin": hold.vehicle.vin if hold.vehicle else None,
            "time": hold.span,
            "how": hold.get_way_display(),
            "loan_car": hold.loan_car,
            "postcode": hold.postcode,
            "chosen": hold.created_at,
            "kept_until": hold.expires_at,
            "state": hold.get_state_display(),
        }


def _waiting(user: User) -> Iterator[Row]:
    for entry in WaitlistEntry.objects.filter(user=user).select_related("appointment").order_by("pk"):
        yield {
            "visit": entry.appointment.code,
            "not_before": entry.not_before,
            "since": entry.created_at,
            "state": entry.get_state_display(),
            "ended": entry.ended_at,
        }


def _calendar(user: User) -> Iterator[Row]:
    """Without the address itself: who has it reads the visits."""
    for feed in CalendarFeed.objects.filter(user=user):
        yield {"since": feed.created_at, "changed": feed.serial - 1, "last_used": feed.last_used_at}


def erase(*, user: User, now: datetime) -> None:
    Hold.objects.filter(user=user).delete()
    WaitlistEntry.objects.filter(user=user).delete()
    CalendarFeed.objects.filter(user=user).delete()


register_part(
    PersonalData(
        name="services.times",
        label=_("Times kept for you"),
        models={Hold: Fate.ERASED, WaitlistEntry: Fate.ERASED, CalendarFeed: Fate.ERASED},
        export=export,
        erase=erase,
        place=74,
        goes=_("Times that are kept for you, places on the waitlist, and your calendar address."),
    )
)
