"""One car of a campaign: whether its owner knows, has booked, and when the work was done."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from common import civil
from journal import log
from services.models import Appointment, Campaign, CampaignCar, Job
from vehicles import ownership
from vehicles.models import Ownership, Vehicle

State = CampaignCar.State
Status = Appointment.Status
# Who has not reacted for so long is written a letter.
PATIENCE: Final = timedelta(weeks=4)
PER_RUN = 500
WAITING = [State.OPEN, State.UNREACHED]


def visible_to(user: User, now: datetime) -> QuerySet[CampaignCar]:
    """Published ones of the cars that the person may bring to service at ``now``.

    Of a closed campaign only what was done. What forbids driving comes first, then recalls.
    """
    usable = Vehicle.objects.usable_by(user, right="service", now=now)
    return (
        CampaignCar.objects.filter(vin__in=usable.values("vin"), campaign__published_at__isnull=False)
        .filter(Q(campaign__closed_at__isnull=True) | Q(state=State.DONE))
        .select_related("campaign__service_type", "appointment__centre")
    )


def open_of(user: User, now: datetime) -> QuerySet[CampaignCar]:
    """Those that wait for the person, or are booked."""
    return (
        visible_to(user, now)
        .exclude(state=State.DONE)
        .order_by("-campaign__do_not_drive", "-campaign__kind", "pk")
    )


def open_first(user: User, now: datetime) -> QuerySet[CampaignCar]:
    """All of the person's cars, what is done at the end."""
    return (
        visible_to(user, now)
        .annotate(is_done=Q(state=State.DONE))
        .order_by("is_done", "-campaign__do_not_drive", "-campaign__kind", "-pk")
    )


def settle_visit(*, appointment: Appointment, at: datetime) -> int:
    """Bring the car's campaigns in line with a visit: booked, done, or open again. How many changed.

    Reads the visit as it stands, so that running again, or late, comes to the same.
    """
    with transaction.atomic():
        visit = Appointment.objects.select_related("vehicle").get(pk=appointment.pk)
        changed = 0
        cars = CampaignCar.objects.select_for_update(of=("self",)).filter(_touched_by(visit)).order_by("pk")
        works = _works_of(visit)
        for car in cars.select_related("campaign"):
            changed += _settle(car, visit, planned=car.campaign.service_type_id in works, at=at)
    return changed


def tell_owners(*, now: datetime, campaign: Campaign | None = None, limit: int = PER_RUN) -> int:
    """Tell the owners of published campaigns who were not told yet, once each; how many cars that were.

    Marking and journal entry commit together; two at once take different cars. A car whose owner
    came later, or has an account only now, is told of then.
    """
    rows = CampaignCar.objects.filter(_is_running(), Exists(_with_account(now)), told_at__isnull=True)
    rows = rows.filter(state__in=WAITING)
    if campaign is not None:
        rows = rows.filter(campaign=campaign)
    told = 0
    for pk in list(rows.order_by("-campaign__do_not_drive", "pk").values_list("pk", flat=True)[:limit]):
        told += _tell(pk, now)
    return told


def mark_unreached(*, now: datetime) -> int:
    """Cars without an owner who has an account, and owners who did not react for four weeks; how many."""
    waiting = CampaignCar.objects.filter(_is_running(), state=State.OPEN)
    nobody = waiting.filter(~Exists(_with_account(now)), told_at__isnull=True)
    silent = waiting.filter(told_at__lte=now - PATIENCE)
    ids = [*nobody.values_list("pk", flat=True), *silent.values_list("pk", flat=True)]
    return CampaignCar.objects.filter(pk__in=ids, state=State.OPEN).update(state=State.UNREACHED)


def forget_telling(*, vehicle_id: int) -> int:
    """The car has another owner, who has heard nothing yet."""
    vins = Vehicle.objects.filter(pk=vehicle_id).values("vin")
    rows = CampaignCar.objects.filter(vin__in=vins).exclude(state=State.DONE)
    rows.filter(state=State.UNREACHED).update(state=State.OPEN)
    return rows.update(told_at=None)


def _tell(pk: int, now: datetime) -> int:
    with transaction.atomic():
        car = (
            CampaignCar.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(pk=pk, told_at__isnull=True, state__in=WAITING)
            .select_related("campaign")
            .first()
        )
        vehicle = Vehicle.objects.filter(vin=car.vin).first() if car else None
        if car is None or vehicle is None:
            return 0
        people = [p for p in ownership.keepers_of(vehicle_id=vehicle.pk, now=now) if _can_read(p)]
        if not people:
            return 0
        car.told_at, car.state = now, State.OPEN
        car.save(update_fields=["told_at", "state"])
        log.record(
            "services.campaign_told",
            by=None,
            subject=car,
            data={"campaign": car.campaign_id, "vehicle": vehicle.pk},
            audience=people,
            at=now,
        )
    return 1


def _can_read(person: User) -> bool:
    return person.is_active and person.standing == User.Standing.ACCOUNT


def _with_account(now: datetime) -> QuerySet[Ownership]:
    """Present owners of the car of the outer row who can read a notice."""
    person = Q(user__is_active=True, user__standing=User.Standing.ACCOUNT)
    return Ownership.objects.filter(
        person | Q(organisation__isnull=False), vehicle__vin=OuterRef("vin"), period__contains=now
    )


def _is_running() -> Q:
    return Q(campaign__published_at__isnull=False, campaign__closed_at__isnull=True)


def _touched_by(visit: Appointment) -> Q:
    """Cars of campaigns that are tied to the visit, or of its car and waiting for work that it has."""
    tied = Q(appointment=visit)
    if visit.vehicle is None:
        return tied
    works = _works_of(visit)
    return tied | (
        Q(vin=visit.vehicle.vin, state__in=WAITING, campaign__service_type__in=works) & _is_running()
    )


def _works_of(visit: Appointment) -> set[int]:
    jobs = Job.objects.filter(appointment=visit).exclude(state=Job.State.DROPPED)
    return set(jobs.values_list("service_type_id", flat=True))


def _settle(car: CampaignCar, visit: Appointment, *, planned: bool, at: datetime) -> int:
    if car.state == State.DONE:
        return 0
    same_car = visit.vehicle is not None and visit.vehicle.vin == car.vin
    if visit.status in Status.gone() or not planned or not same_car:
        # A visit that never held it leaves it as it is.
        if car.appointment_id != visit.pk:
            return 0
        state, done_at, held_by = State.OPEN, None, None
    elif visit.status == Status.DONE:
        state, done_at, held_by = State.DONE, at, visit
    else:
        state, done_at, held_by = State.BOOKED, None, visit
    if (car.state, car.appointment_id) == (state, held_by.pk if held_by else None):
        return 0
    car.state, car.done_at, car.appointment = state, done_at, held_by
    car.save(update_fields=["state", "done_at", "appointment"])
    log.record(
        "services.campaign_car_changed",
        by=None,
        subject=car,
        data={
            "campaign": car.campaign_id,
            "state": state,
            "day": civil.local_date(at).isoformat(),
            **({"appointment": visit.pk} if held_by else {}),
        },
        at=at,
    )
    return 1
