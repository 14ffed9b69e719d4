"""Keeping a time for somebody who is deciding: ten minutes in the booking, longer from the waitlist."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import NotFound
from journal import log
from services import live
from services.booking import allocating, availability, rights, starts
from services.booking.plans import Plan, make_plan
from services.errors import SlotTaken
from services.models import Allocation, Appointment, Centre, Hold, ServiceType, WaitlistEntry
from vehicles.models import Vehicle

LASTS = timedelta(minutes=10)
NEXT_TIMES = 3  # offered to whoever lost a race


def hold_time(
    *, by: User, vehicle: Vehicle | None, centre: Centre, plan: Plan, starts_at: datetime, now: datetime
) -> Hold:
    """Keep a start for ``by`` for LASTS; the time they kept before is given back.

    Asking again for the very same keeps the hold and its end: nobody holds a slot for ever.
    Raises what book_appointment raises for a car and a start, and SlotTaken.
    """
    rights.check_offered(centre=centre, plan=plan, by_staff=False)
    starts.check_start(centre=centre, plan=plan, starts_at=starts_at, now=now)
    try:
        with transaction.atomic():
            rights.lock_car(vehicle=vehicle, plan=plan, user=by, now=now)
            allocating.lock_day(centre, civil.local_date(starts_at, centre.zone))
            mine = choice_of(by, now)
            if mine is not None and _is_same(mine, vehicle, centre, plan, starts_at):
                return mine
            if mine is not None:
                _tell_that_it_is_free(mine, by, now)
            _end_choices(by, Hold.State.RELEASED)
            allocating.drop_expired_holds(centre=centre, now=now)
            hold = Hold.objects.create(
                user=by,
                centre=centre,
                vehicle=vehicle,
                service_types=[kind.pk for kind in plan.service_types],
                way=plan.way,
                loan_car=plan.loan_car,
                postcode=plan.postcode,
                span=starts.span_of(plan=plan, starts_at=starts_at),
                created_at=now,
                expires_at=now + LASTS,
            )
            allocating.take_for_hold(hold=hold, plan=plan, now=now)
            live.announce_slots(centre.pk)
    except allocating.NoCapacity:
        raise slot_taken(centre=centre, plan=plan, starts_at=starts_at, now=now) from None
    return hold


def offer_time(
    *, entry: WaitlistEntry, plan: Plan, starts_at: datetime, lasts: timedelta, now: datetime
) -> Hold | None:
    """Keep a start for whoever is next on the waitlist; None when it went meanwhile.

    The caller has locked the entry.
    """
    visit = entry.appointment
    try:
        with transaction.atomic():
            allocating.lock_day(visit.centre, civil.local_date(starts_at, visit.centre.zone))
            allocating.drop_expired_holds(centre=visit.centre, now=now)
            hold = Hold.objects.create(
                user=entry.user,
                purpose=Hold.Purpose.OFFER,
                centre=visit.centre,
                vehicle=visit.vehicle,
                service_types=[kind.pk for kind in plan.service_types],
                way=plan.way,
                loan_car=plan.loan_car,
                postcode=plan.postcode,
                span=starts.span_of(plan=plan, starts_at=starts_at),
                created_at=now,
                expires_at=now + lasts,
                waitlist_entry=entry,
            )
            allocating.take_for_hold(hold=hold, plan=plan, now=now)
            live.announce_slots(visit.centre_id)
    except allocating.NoCapacity:
        return None
    return hold


def choice_of(user: User, now: datetime) -> Hold | None:
    """The time that the person keeps while booking, unless it has expired."""
    return (
        Hold.objects.filter(user=user, state=Hold.State.OPEN, purpose=Hold.Purpose.CHOICE, expires_at__gt=now)
        .select_related("centre", "vehicle__model")
        .first()
    )


def choice_for(user: User, *, vehicle: Vehicle | None, plan: Plan, now: datetime) -> Hold | None:
    """The kept time, if it is kept for just this car and work."""
    hold = choice_of(user, now)
    return hold if hold is not None and _is_for(hold, vehicle, plan) else None


def plan_of_hold(hold: Hold) -> Plan:
    """What the time is kept for."""
    kinds = ServiceType.objects.in_bulk(hold.service_types)
    return make_plan(
        service_types=[kinds[pk] for pk in hold.service_types],
        way=hold.way,
        loan_car=hold.loan_car,
        postcode=hold.postcode,
    )


def release_hold(*, by: User, hold_id: int, now: datetime) -> None:
    """Give a time back; giving it back twice is as good as once. Raises NotFound for another's."""
    with transaction.atomic():
        hold = (
            Hold.objects.select_for_update(of=("self",))
            .select_related("centre")
            .filter(pk=hold_id, user=by)
            .first()
        )
        if hold is None:
            raise NotFound(_("This time is not kept for you."))
        if hold.state == Hold.State.OPEN:
            end_hold(hold, Hold.State.RELEASED)
            _tell_that_it_is_free(hold, by, now)


def end_hold(hold: Hold, state: str) -> None:
    """The locked hold is over, and what it took is free."""
    hold.state = state
    hold.save(update_fields=["state"])
    Allocation.objects.filter(hold=hold, active=True).update(active=False)
    live.announce_slots(hold.centre_id)


def end_choice_for_booking(user: User) -> None:
    """Whoever books gives their kept time back in the same transaction, and books it."""
    _end_choices(user, Hold.State.BOOKED)


def expire_holds(*, now: datetime) -> list[Hold]:
    """End the holds whose time is over, and tell those who hold or look; which ones."""
    with transaction.atomic():
        over = list(
            Hold.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("centre", "waitlist_entry")
            .filter(state=Hold.State.OPEN, expires_at__lte=now)
            .order_by("pk")[:500]
        )
        for hold in over:
            end_hold(hold, Hold.State.EXPIRED)
            live.announce_hold(hold)
    return over


def slot_taken(
    *,
    centre: Centre,
    plan: Plan,
    starts_at: datetime,
    now: datetime,
    moving: Appointment | None = None,
) -> SlotTaken:
    """The error of whoever came second, with the next free times."""
    return SlotTaken(
        availability.next_free_slots(
            centre=centre, plan=plan, after=starts_at, count=NEXT_TIMES, now=now, moving=moving
        )
    )


def _tell_that_it_is_free(hold: Hold, by: User, now: datetime) -> None:
    """News only where somebody waits for it: most kept times come and go unwatched."""
    waiting = WaitlistEntry.objects.filter(
        appointment__centre=hold.centre_id, state=WaitlistEntry.State.WAITING
    )
    if waiting.exists():
        data = {"centre": hold.centre_id}
        log.record("services.time_given_back", by=by, subject=hold, data=data, at=now)


def _end_choices(user: User, state: str) -> None:
    """In one statement, for most who book keep one time and no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH ended AS (
                 UPDATE services_hold SET state = %s
                 WHERE user_id = %s AND state = 'open' AND purpose = 'choice' RETURNING id, centre_id
               ), freed AS (
                 UPDATE services_allocation a SET active = false FROM ended
                 WHERE a.hold_id = ended.id AND a.active
               )
               SELECT centre_id FROM ended""",
            [state, user.pk],
        )
        for (centre_id,) in cursor.fetchall():
            live.announce_slots(centre_id)


def _is_same(hold: Hold, vehicle: Vehicle | None, centre: Centre, plan: Plan, starts_at: datetime) -> bool:
    return hold.span.lower == starts_at and hold.centre_id == centre.pk and _is_for(hold, vehicle, plan)


def _is_for(hold: Hold, vehicle: Vehicle | None, plan: Plan) -> bool:
    return (
        hold.vehicle_id == (vehicle.pk if vehicle else None)
        and hold.service_types == [kind.pk for kind in plan.service_types]
        and (hold.way, hold.loan_car, hold.postcode) == (plan.way, plan.loan_car, plan.postcode)
    )
