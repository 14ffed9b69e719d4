"""Wheels that the house keeps over a season: which shelf, how worn, when they are needed again."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace, Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, Invalid, NotFound
from journal import log
from services.desk import counter
from services.models import Appointment, Centre, ServiceType, TyreSet
from vehicles import ownership
from vehicles.models import Vehicle

LEGAL_MM = Decimal("1.6")  # StVZO §36(3)
# What experts advise to change at: on snow sooner than on a wet road.
WORN_MM = {
    TyreSet.Season.SUMMER: Decimal("3.0"),
    TyreSet.Season.WINTER: Decimal("4.0"),
    TyreSet.Season.ALL_YEAR: Decimal("4.0"),
}
MOST_MM = Decimal("15.0")
WHEEL_CHANGE = "wheel-change"  # the code of the work that the season offer leads to
PER_RUN = 500


class Wear(NamedTuple):
    """The shallowest tread of a set, and what to say about it."""

    level: str  # "good", "worn" or "illegal"
    least_mm: Decimal


class ShelfTaken(Conflict):
    code = "shelf_taken"

    def __init__(self) -> None:
        super().__init__(_("Other wheels lie on this shelf. Please choose another one."), field="place")


def store(
    *,
    by: User,
    vehicle: Vehicle,
    centre: Centre,
    place: str,
    season: str,
    tread_mm: Sequence[Decimal],
    size: str = "",
    remarks: str = "",
    now: datetime,
) -> TyreSet:
    """Put a set on a shelf; treads in mm front left, front right, rear left, rear right.

    Raises NotFound for a centre that is not ``by``'s, NotAllowed, Invalid, ShelfTaken.
    """
    _require_centre(by, centre)
    shelf = "-".join(place.upper().split())
    if not 0 < len(shelf) <= 20:
        raise Invalid(_("On which shelf do they lie?"), code="place_missing", field="place")
    if season not in TyreSet.Season.values:
        raise Invalid(_("Which season are they for?"), code="season_unknown", field="season")
    if len(tread_mm) != 4 or not all(0 <= each <= MOST_MM for each in tread_mm):
        raise Invalid(
            _("Please measure the tread of all four, in mm up to 15."), code="tread_wrong", field="tread_mm"
        )
    try:
        with transaction.atomic():
            kept = TyreSet.objects.create(
                vehicle=vehicle,
                centre=centre,
                place=shelf,
                season=season,
                size=" ".join(size.upper().split()),
                tread_mm=list(tread_mm),
                remarks=remarks.strip(),
                stored_by=by,
                stored_at=now,
            )
            _record("services.wheels_stored", kept, by=by, now=now)
    except IntegrityError as error:
        raise ShelfTaken from error
    return kept


def take_out(*, by: User, tyre_set: TyreSet, now: datetime) -> TyreSet:
    """The wheels leave the shelf: mounted, or given to their owner. Raises NotFound, NotAllowed,
    Conflict when they have left it before."""
    with transaction.atomic():
        held = (
            TyreSet.objects.at_centres_of(by)
            .select_related("centre")
            .select_for_update(of=("self",))
            .filter(pk=tyre_set.pk)
            .first()
        )
        if held is None:
            raise NotFound(_("These wheels were not found."))
        _require_centre(by, held.centre)
        if held.taken_out_at is not None:
            raise Conflict(_("These wheels have left the store already."), code="taken_out")
        held.taken_out_at = now
        held.save(update_fields=["taken_out_at"])
        _record("services.wheels_taken_out", held, by=by, now=now)
    return held


def find(*, by: User, typed: str = "", centre: Centre | None = None) -> QuerySet[TyreSet]:
    """What lies in store at ``by``'s centres, by shelf; ``typed`` is a part of a plate, VIN or shelf."""
    found = TyreSet.objects.at_centres_of(by).in_store().select_related("vehicle__model", "centre")
    if centre is not None:
        found = found.filter(centre=centre)
    compact = "".join(char for char in typed.upper() if char.isalnum())
    if typed.strip():
        found = found.annotate(plate=_compact("vehicle__plate"), shelf=_compact("place")).filter(
            Q(shelf__contains=compact) | Q(plate__contains=compact) | Q(vehicle__vin__contains=compact)
        )
    return found.order_by("centre", "place", "pk")


def _compact(name: str) -> Replace:
    """A column without blanks and hyphens, in capitals: how people read out a plate or a shelf."""
    return Replace(Replace(Upper(name), Value(" "), Value("")), Value("-"), Value(""))


def wear_of(tyre_set: TyreSet) -> Wear:
    """By the worst of the four: forbidden to drive on, worth replacing, or good."""
    least = min(tyre_set.tread_mm)
    if least < LEGAL_MM:
        return Wear("illegal", least)
    return Wear("worn" if least < WORN_MM[TyreSet.Season(tyre_set.season)] else "good", least)


def season_at(day: date) -> tuple[str, TyreSet.Season] | None:
    """Which wheels are wanted next on a civil day, and the season's name; None between the seasons.

    Drivers change "from October to Easter"; the offer comes a little before.
    """
    if (9, 15) <= (day.month, day.day) <= (11, 30):
        return f"{day.year}-autumn", TyreSet.Season.WINTER
    if (3, 1) <= (day.month, day.day) <= (4, 30):
        return f"{day.year}-spring", TyreSet.Season.SUMMER
    return None


def offer_changes(*, now: datetime) -> int:
    """Tell those whose wheels lie here that their season begins: once a season and set.

    Nobody is told who has the change booked, and wheels of cars without an owner wait. Returns how
    many sets were told of; run again, it goes on.
    """
    season = season_at(civil.local_date(now))
    if season is None:
        return 0
    name, wanted = season
    told = 0
    due = (
        TyreSet.objects.in_store()
        .filter(season=wanted, vehicle__ownerships__period__contains=now)
        .exclude(offered_season=name)
    )
    for pk in list(due.order_by("pk").values_list("pk", flat=True)[:PER_RUN]):
        told += _offer(pk, name, now)
    return told


def _offer(pk: int, season: str, now: datetime) -> int:
    with transaction.atomic():
        kept = (
            TyreSet.objects.in_store()
            .select_for_update(of=("self",), skip_locked=True)
            .filter(pk=pk)
            .exclude(offered_season=season)
            .first()
        )
        if kept is None:
            return 0
        people = ownership.keepers_of(vehicle_id=kept.vehicle_id, now=now)
        if not people:
            return 0
        kept.offered_season = season
        kept.save(update_fields=["offered_season"])
        if _is_booked(kept, now):
            return 0
        log.record(
            "services.wheel_change_offered",
            by=None,
            subject=kept,
            data={"centre": kept.centre_id, "vehicle": kept.vehicle_id, "season": season},
            audience=people,
            at=now,
        )
    return 1


def _is_booked(kept: TyreSet, now: datetime) -> bool:
    coming = Appointment.objects.filter(
        vehicle=kept.vehicle_id, status=Appointment.Status.BOOKED, span__startswith__gt=now
    )
    return coming.filter(jobs__service_type__code=WHEEL_CHANGE).exists()


def wheel_change() -> ServiceType | None:
    """The work that owners of stored wheels book, if the house offers it."""
    return ServiceType.objects.bookable_by_owners().filter(code=WHEEL_CHANGE).first()


def _require_centre(by: User, centre: Centre) -> None:
    if not Centre.objects.staffed_by(by, "services.view_day").filter(pk=centre.pk).exists():
        raise NotFound(_("There is no such service centre."), field="centre")
    counter.require_counter(by=by, centre=centre)


def _record(kind: str, kept: TyreSet, *, by: User, now: datetime) -> None:
    log.record(
        kind,
        by=by,
        subject=kept,
        data={"centre": kept.centre_id, "vehicle": kept.vehicle_id},
        audience=ownership.keepers_of(vehicle_id=kept.vehicle_id, now=now),
        at=now,
    )
