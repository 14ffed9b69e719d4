"""Visits that lost their people or place: the best new times, all at once or one by one."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, DomainError, NotFound
from services.booking import allocating, availability, booking
from services.booking.availability import Slot
from services.booking.plans import Plan, plan_with
from services.centres import displacing
from services.errors import NotChangeable, SlotTaken, VehicleBusy
from services.models import Appointment, Centre, Displacement, Job
from services.models.visits import AppointmentQuerySet

CHANGE_DAY = "services.change_day"
DAYS_AHEAD = 30
PROPOSED = 3
APART = timedelta(hours=2)  # of two proposals
State = Displacement.State


class Replan(NamedTuple):
    """A visit, and the best times it could have instead; none: there is none within DAYS_AHEAD."""

    appointment: Appointment
    slots: list[Slot]

    @property
    def is_movable(self) -> bool:
        """A car that is here needs somebody now, not another day."""
        return self.appointment.status == Appointment.Status.BOOKED


class Moved(NamedTuple):
    """How many visits have a new time, and how many found none."""

    moved: int
    left: int


def visits_to_replan(*, by: User) -> AppointmentQuerySet:
    """Those at the centres whose day ``by`` may change, the next first, each with ``losses``."""
    open_ones = Displacement.objects.unsettled()
    return (
        Appointment.objects.filter(
            Exists(open_ones.filter(appointment=OuterRef("pk"))),
            centre__in=Centre.objects.staffed_by(by, CHANGE_DAY),
        )
        .with_names()
        .select_related("booked_by")
        .prefetch_related(
            Prefetch(
                "displacements",
                open_ones.select_related("allocation__resource", "absence", "closure"),
                to_attr="losses",
            ),
            Prefetch("jobs", Job.objects.select_related("service_type").order_by("position")),
        )
        .order_by("span", "pk")
    )


def propose(*, appointments: Iterable[Appointment], now: datetime) -> list[Replan]:
    """The best times for each: at the same centre, the nearest to the old one first.

    A start that is the best for one is not proposed to the next. One search per centre and kind of
    visit.
    """
    searched: dict[tuple[int, Plan], list[Slot]] = {}
    given: set[tuple[int, datetime]] = set()
    found = []
    for visit in appointments:
        if visit.status != Appointment.Status.BOOKED:
            found.append(Replan(visit, []))
            continue
        key = (visit.centre_id, plan_with(visit, visit.jobs.all()))
        if key not in searched:
            searched[key] = _free(visit, key[1], now)
        nearest = sorted(searched[key], key=lambda slot: _distance(slot, visit))
        fresh = [slot for slot in nearest if (visit.centre_id, slot.starts_at) not in given] or nearest
        given.update((visit.centre_id, slot.starts_at) for slot in fresh[:1])
        found.append(Replan(visit, _spread(fresh)))
    return found


def move_visit(*, by: User, appointment: Appointment, starts_at: datetime, now: datetime) -> Appointment:
    """Give the visit a new time; its customer hears once, of the time that stands.

    Raises NotFound outside ``by``'s centres, NotChangeable for a car that is here or gone, and
    what move_appointment raises for a start.
    """
    with transaction.atomic():
        visit = _mine(by, appointment)
        if starts_at == visit.starts_at:
            return reassign_visit(by=by, appointment=visit, now=now)
        moved = booking.move_appointment(
            by=by, appointment=visit, starts_at=starts_at, now=now, reason="replanned"
        )
        displacing.settle(appointment=moved, state=State.MOVED, by=by, now=now)
    return moved


def move_all(*, by: User, now: datetime, centre: Centre | None = None) -> Moved:
    """Each visit to the best time that is free when its turn comes, the next visit first.

    One transaction per visit, so call it outside of one: what is moved stays moved. Each that
    can have its own time again (somebody came back) keeps it.
    """
    visits = visits_to_replan(by=by)
    if centre is not None:
        visits = visits.filter(centre=centre)
    moved = left = 0
    for visit in list(visits):
        if _retake(by, visit, now) or _move_to_best(by, visit, now):
            moved += 1
        else:
            left += 1
    return Moved(moved, left)


def reassign_visit(*, by: User, appointment: Appointment, now: datetime) -> Appointment:
    """Somebody is free for it at its own time after all; its customer need not hear.

    Raises NotFound outside ``by``'s centres, Conflict (nobody_free).
    """
    with transaction.atomic():
        visit = _mine(by, appointment)
        allocating.lock_day(visit.centre, civil.local_date(visit.starts_at, visit.centre.zone))
        locked = (
            Appointment.objects.select_related("centre", "booked_by")
            .select_for_update(of=("self",))
            .get(pk=visit.pk)
        )
        if locked.status in (Appointment.Status.DONE, *Appointment.Status.gone()):
            raise NotChangeable
        if not Displacement.objects.unsettled().filter(appointment=locked).exists():
            return locked  # somebody was faster
        allocating.drop_expired_holds(centre=locked.centre, now=now)
        if not displacing.refill(appointment=locked, by=by, now=now):
            raise Conflict(
                _("Nobody is free for it at this time. Please choose another one."), code="nobody_free"
            )
        booking.record_change("services.visit_reassigned", locked, by=by, now=now, audience=())
    return locked


def settle(*, appointment: Appointment, by: User | None, now: datetime) -> int:
    """The visit has what it needs again, however that came about; how many losses were open."""
    return displacing.settle(appointment=appointment, state=State.REASSIGNED, by=by, now=now)


def settle_after(*, appointment_id: int, state: str, by: User | None, at: datetime) -> int:
    """What was lost before the visit was moved (or ended) at ``at`` is settled by that."""
    return Displacement.objects.filter(appointment=appointment_id, state=State.OPEN, at__lt=at).update(
        state=state, settled_at=at, settled_by=by
    )


def _mine(by: User, appointment: Appointment) -> Appointment:
    visit = (
        Appointment.objects.select_related("centre", "service_type", "booked_by")
        .filter(pk=appointment.pk, centre__in=Centre.objects.staffed_by(by, CHANGE_DAY))
        .first()
    )
    if visit is None:
        raise NotFound(_("This appointment was not found."))
    return visit


def _free(visit: Appointment, plan: Plan, now: datetime) -> list[Slot]:
    """From some days before the old time: who can come earlier need not wait."""
    today = civil.local_date(now, visit.centre.zone)
    first = max(today, civil.local_date(visit.starts_at, visit.centre.zone) - timedelta(days=3))
    return availability.free_slots(centre=visit.centre, plan=plan, first_day=first, days=DAYS_AHEAD, now=now)


def _distance(slot: Slot, visit: Appointment) -> tuple[int, timedelta, datetime]:
    """Days away first, then how far from the hour they chose. A day earlier counts double: few can."""
    zone = visit.centre.zone
    old, new = visit.starts_at.astimezone(zone), slot.starts_at.astimezone(zone)
    days = (new.date() - old.date()).days
    clock = new.replace(tzinfo=None, year=2000, month=1, day=1) - old.replace(
        tzinfo=None, year=2000, month=1, day=1
    )
    return (days if days >= 0 else -2 * days), abs(clock), slot.starts_at


def _spread(slots: Sequence[Slot]) -> list[Slot]:
    """The first few that differ: a quarter of an hour to or fro is no other offer."""
    found: list[Slot] = []
    for slot in slots:
        if all(abs(slot.starts_at - other.starts_at) >= APART for other in found):
            found.append(slot)
        if len(found) == PROPOSED:
            break
    return found


def _retake(by: User, visit: Appointment, now: datetime) -> bool:
    try:
        reassign_visit(by=by, appointment=visit, now=now)
    except DomainError:
        return False
    return True


def _move_to_best(by: User, visit: Appointment, now: datetime) -> bool:
    if visit.status != Appointment.Status.BOOKED:
        return False
    for slot in sorted(
        _free(visit, plan_with(visit, visit.jobs.all()), now), key=lambda slot: _distance(slot, visit)
    ):
        try:
            move_visit(by=by, appointment=visit, starts_at=slot.starts_at, now=now)
        except (SlotTaken, VehicleBusy):
            continue  # the next best
        except DomainError:
            return False
        return True
    return False
