"""Setting up a centre: its address and Land, and its hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict
from journal import log
from services.centres import closing
from services.centres.displacing import Outcome
from services.centres.hours import Hours, change_hours, check_hours, write_hours
from services.centres.rights import require_right
from services.models import Centre, Resource

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


class Changed(NamedTuple):
    """The centre, and what other opening hours did to visits that were booked."""

    centre: Centre
    outcome: Outcome


def create_centre(*, by: User, values: dict[str, Any], hours: Sequence[Hours], now: datetime) -> Centre:
    """A new centre with its hours and the public holidays of the next twelve months.

    ``values`` are the fields of Centre that a person types; its code comes from its name. Raises
    NotAllowed, Conflict for a name that another centre has, Invalid for hours that overlap.
    """
    require_right(by)
    check_hours(hours)
    code = slugify(values["name"].replace("ß", "ss").translate(_UMLAUTS))[:40] or "centre"
    with transaction.atomic():
        if Centre.objects.filter(code=code).exists():
            raise Conflict(_("There is a centre with this name already."), code="centre_named", field="name")
        _name, latitude, longitude = LANDS[values["land"]]
        centre = Centre.objects.create(code=code, latitude=latitude, longitude=longitude, **values)
        write_hours(centre=centre, hours=hours)
        _close_on_holidays(centre, now)
        log.record("services.centre_created", by=by, subject=centre, at=now)
    return centre


def change_centre(
    *, by: User, centre: Centre, values: dict[str, Any], hours: Sequence[Hours], now: datetime
) -> Changed:
    """Visits that are booked stay as they are; those that new hours leave out need another time.

    Raises NotAllowed, Invalid for hours that overlap.
    """
    require_right(by)
    check_hours(hours)
    with transaction.atomic():
        # no_key: whoever books here at this moment points at the row and need not wait.
        held = Centre.objects.select_for_update(of=("self",), no_key=True).get(pk=centre.pk)
        moved = held.land != values["land"]
        for name, value in values.items():
            setattr(held, name, value)
        held.save()
        outcome = change_hours(by=by, centre=held, hours=hours, now=now)
        if moved:
            _close_on_holidays(held, now)
        log.record(
            "services.centre_changed",
            by=by,
            subject=held,
            data={"affected": outcome.displaced} if outcome.displaced else {},
            at=now,
        )
    return Changed(held, outcome)


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


def _close_on_holidays(centre: Centre, now: datetime) -> None:
    today = civil.local_date(now, centre.zone)
    closing.close_on_public_holidays(centre=centre, first_day=today, last_day=today + HOLIDAYS_AHEAD, now=now)
