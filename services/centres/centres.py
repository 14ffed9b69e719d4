"""Setting up a centre: its address and Land, and its hours."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, Invalid
from journal import log
from services.centres import closing
from services.centres.rights import require_right
from services.models import Centre, OpeningHours, Resource

HOLIDAYS_AHEAD = timedelta(days=366)
# ISO 3166-2:DE and roughly the middle of each Land, for a centre whose place nobody has measured.
LANDS: dict[str, tuple[Any, float, float]] = {
    "BW": (_("Baden-Württemberg"), 48.66, 9.35),
    "BY": (_("Bavaria"), 48.92, 11.40),
    "BE": (_("Berlin"), 52.52, 13.40),
    "BB": (_("Brandenburg"), 52.13, 13.22),
    "HB": (_("Bremen"), 53.08, 8.80),
    "HH": (_("Hamburg"), 53.55, 9.99),
    "HE": (_("Hesse"), 50.65, 9.16),
    "MV": (_("Mecklenburg-Vorpommern"), 53.77, 12.58),
    "NI": (_("Lower Saxony"), 52.64, 9.85),
    "NW": (_("North Rhine-Westphalia"), 51.43, 7.66),
    "RP": (_("Rhineland-Palatinate"), 50.12, 7.31),
    "SL": (_("Saarland"), 49.40, 7.02),
    "SN": (_("Saxony"), 51.10, 13.20),
    "ST": (_("Saxony-Anhalt"), 51.95, 11.69),
    "SH": (_("Schleswig-Holstein"), 54.22, 9.70),
    "TH": (_("Thuringia"), 51.01, 10.85),
}


class Hours(NamedTuple):
    """One stretch of a weekday (ISO: Monday is 1) by the centre's wall clock."""

    weekday: int
    opens: time
    closes: time


def create_centre(*, by: User, values: dict[str, Any], hours: Sequence[Hours], now: datetime) -> Centre:
    """A new centre with its hours and the public holidays of the next twelve months.

    ``values`` are the fields of Centre that a person types; its code comes from its name. Raises
    NotAllowed, Conflict for a name that another centre has, Invalid for hours that overlap.
    """
    require_right(by)
    _check_hours(hours)
    code = slugify(values["name"].replace("ß", "ss").translate(_UMLAUTS))[:40] or "centre"
    with transaction.atomic():
        if Centre.objects.filter(code=code).exists():
            raise Conflict(_("There is a centre with this name already."), code="centre_named", field="name")
        _name, latitude, longitude = LANDS[values["land"]]
        centre = Centre.objects.create(code=code, latitude=latitude, longitude=longitude, **values)
        _write_hours(centre, hours)
        _close_on_holidays(centre, now)
        log.record("services.centre_created", by=by, subject=centre, at=now)
    return centre


def change_centre(
    *, by: User, centre: Centre, values: dict[str, Any], hours: Sequence[Hours], now: datetime
) -> Centre:
    """Visits that are booked stay as they are, also where the new hours leave them out.

    Raises NotAllowed, Invalid for hours that overlap.
    """
    require_right(by)
    _check_hours(hours)
    with transaction.atomic():
        # no_key: whoever books here at this moment points at the row and need not wait.
        held = Centre.objects.select_for_update(of=("self",), no_key=True).get(pk=centre.pk)
        moved = held.land != values["land"]
        for name, value in values.items():
            setattr(held, name, value)
        held.save()
        _write_hours(held, hours)
        if moved:
            _close_on_holidays(held, now)
        log.record("services.centre_changed", by=by, subject=held, at=now)
    return held


def is_ready() -> bool:
    """Whether some centre takes bookings and is open on some day."""
    return Centre.objects.open_to_owners().filter(opening_hours__isnull=False).exists()


def is_staffed() -> bool:
    """Whether some centre has a technician with a skill and a shift, and a bay."""
    people = Resource.objects.filter(
        kind=Resource.Kind.TECHNICIAN, is_active=True, skills__isnull=False, shifts__isnull=False
    )
    bays = Resource.objects.filter(kind=Resource.Kind.BAY, is_active=True)
    return people.filter(centre__in=bays.values("centre")).exists()


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def _check_hours(hours: Sequence[Hours]) -> None:
    for before, after in zip(sorted(hours), sorted(hours)[1:], strict=False):
        if before.weekday == after.weekday and after.opens < before.closes:
            raise Invalid(_("Two stretches of a day overlap."), code="hours_overlap")
    if any(each.closes <= each.opens for each in hours):
        raise Invalid(_("A day closes after it opens."), code="hours_backward")


def _write_hours(centre: Centre, hours: Sequence[Hours]) -> None:
    OpeningHours.objects.filter(centre=centre).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(centre=centre, weekday=each.weekday, opens=each.opens, closes=each.closes)
        for each in hours
    )


def _close_on_holidays(centre: Centre, now: datetime) -> None:
    today = civil.local_date(now, centre.zone)
    closing.close_on_public_holidays(centre=centre, first_day=today, last_day=today + HOLIDAYS_AHEAD, now=now)
