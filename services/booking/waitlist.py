"""Whoever would come earlier waits in line; what comes free is offered to one after the other.

An offer is a hold: nobody else gets the time until it is answered or over. Locks: the entry first,
then the centre's days, then the visit.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, NotFound
from journal import log
from services import live
from services.booking import allocating, availability, booking, holds
from services.booking.availability import Slot
from services.booking.plans import plan_of
from services.models import Appointment, Centre, Hold, WaitlistEntry
from services.visits import live as visit_live

LASTS = timedelta(hours=2)  # an offer, counted while people are up
AWAKE = (time(8), time(20))  # by the centre's clock
EARLIER_BY = timedelta(hours=1)  # less is not worth a message
AT_ONCE = 20  # entries looked at when something comes free

State = WaitlistEntry.State


def join(*, by: User, appointment: Appointment, now: datetime) -> WaitlistEntry:
    """Tell ``by`` when an earlier time comes free for the visit; asking twice is as good as once.

    Raises NotFound, NotChangeable, CutoffPassed.
    """
    with transaction.atomic():
        visit, _by_staff = booking.lock_changeable(appointment, by, now)
        entry = open_entry(visit)
        if entry is not None:
            return entry
        entry = WaitlistEntry.objects.create(
            appointment=visit, user=by, not_before=civil.local_date(now, visit.centre.zone), created_at=now
        )
        _record("services.waitlist_joined", entry, by=by, now=now)
    return entry


def leave(*, by: User, appointment: Appointment, now: datetime) -> None:
    """No more offers; one that is open is given back. Leaving twice is as good as once. Raises NotFound."""
    if not Appointment.objects.visible_to(by, now).filter(pk=appointment.pk).exists():
        raise NotFound(_("This appointment was not found."))
    with transaction.atomic():
        entry = _locked(WaitlistEntry.objects.filter(appointment=appointment, state__in=_open()))
        if entry is not None:
            _end(entry, State.ENDED, now)
            _record("services.waitlist_left", entry, by=by, now=now)


def open_entry(appointment: Appointment) -> WaitlistEntry | None:
    return WaitlistEntry.objects.filter(appointment=appointment, state__in=_open()).first()


def offer_for(appointment: Appointment, now: datetime) -> Hold | None:
    """The time that is kept for the visit from the waitlist."""
    rows = Hold.objects.filter(
        waitlist_entry__appointment=appointment, state=Hold.State.OPEN, expires_at__gt=now
    )
    return rows.select_related("centre").first()


def offer_what_is_free(*, centre: Centre, now: datetime, at_most: int | None = AT_ONCE) -> list[Hold]:
    """Offer earlier times at the centre to those who wait, first come first served; the offers made.

    Looks at the first ``at_most`` who wait, None: at all. Somebody who is being served at this
    moment by another worker is left to it.
    """
    ids = list(
        WaitlistEntry.objects.filter(appointment__centre=centre, state=State.WAITING)
        .order_by("created_at", "pk")
        .values_list("pk", flat=True)[:at_most]
    )
    return [hold for pk in ids if (hold := _offer(pk, now)) is not None]


def offer_everywhere(*, now: datetime) -> list[Hold]:
    """Offer whatever is free at any centre, however it came free; the offers made.

    News of what comes free is heard at once. This finds what makes none (a shift that begins to
    count, a horizon that moves on) and whoever stands far back in a long line.
    """
    waiting = WaitlistEntry.objects.filter(state=State.WAITING).values("appointment__centre")
    centres = Centre.objects.filter(pk__in=waiting).order_by("pk")
    return [hold for c in centres for hold in offer_what_is_free(centre=c, now=now, at_most=None)]


def accept(*, by: User, hold_id: int, now: datetime) -> Appointment:
    """Move the visit to the offered time. Raises NotFound, Conflict (offer_over), and as moving does."""
    with transaction.atomic():
        hold, entry = _offered(by, hold_id)
        if hold.state != Hold.State.OPEN or hold.expires_at <= now or entry.state != State.OFFERED:
            raise Conflict(_("This offer is over. Your appointment stays as it is."), code="offer_over")
        visit, starts_at = entry.appointment, hold.span.lower
        # Before anything is given back: whoever waits for the day must not wait for us the other way.
        zone = visit.centre.zone
        for day in sorted({civil.local_date(each, zone) for each in (visit.starts_at, starts_at)}):
            allocating.lock_day(visit.centre, day)
        holds.end_hold(hold, Hold.State.BOOKED)
        entry.state, entry.ended_at = State.TAKEN, now
        entry.save(update_fields=["state", "ended_at"])
        return booking.move_appointment(by=by, appointment=visit, starts_at=starts_at, now=now)


def decline(*, by: User, hold_id: int, now: datetime) -> None:
    """Not this time; the person keeps waiting for another, and the next in line is asked.

    Raises NotFound. Declining what is over changes nothing.
    """
    with transaction.atomic():
        hold, entry = _offered(by, hold_id)
        if hold.state != Hold.State.OPEN:
            return
        holds.end_hold(hold, Hold.State.RELEASED)
        _wait_on(entry)
        _record("services.offer_declined", entry, by=by, now=now)


def give_back(*, by: User, hold_id: int, now: datetime) -> None:
    """A kept time of either kind: an offer is declined, a choice is released. Raises NotFound."""
    if Hold.objects.filter(pk=hold_id, user=by, purpose=Hold.Purpose.OFFER).exists():
        decline(by=by, hold_id=hold_id, now=now)
    else:
        holds.release_hold(by=by, hold_id=hold_id, now=now)


def expire_and_offer(*, now: datetime) -> list[Hold]:
    """End what was kept too long, and offer what comes free by it; what ended."""
    over = holds.expire_holds(now=now)
    centres = {hold.centre_id: hold.centre for hold in over} | _wait_on_after_offers()
    for centre in centres.values():
        offer_what_is_free(centre=centre, now=now)
    return over


def keep_sensible(*, appointment: Appointment, now: datetime) -> None:
    """After the visit changed: nobody waits for a visit that is gone, nor is offered a later time."""
    with transaction.atomic():
        entry = _locked(WaitlistEntry.objects.filter(appointment=appointment, state__in=_open()))
        if entry is None:
            return
        if not entry.appointment.is_changeable(now):
            _end(entry, State.ENDED, now)
            return
        rows = Hold.objects.select_for_update(of=("self",)).filter(
            waitlist_entry=entry, state=Hold.State.OPEN, span__startswith__gte=entry.appointment.starts_at
        )
        for hold in rows.select_related("centre"):
            holds.end_hold(hold, Hold.State.RELEASED)
            live.announce_hold(hold)
            _wait_on(entry)


def answer_until(now: datetime, zone: ZoneInfo) -> datetime:
    """When an offer made at ``now`` is over: two hours later, the night not counted. In UTC."""
    left, moment = LASTS, now
    while True:
        day = civil.local_date(moment, zone)
        opens, closes = civil.instant(day, AWAKE[0], zone), civil.instant(day, AWAKE[1], zone)
        start = max(moment, opens)
        if start + left <= closes:
            return (start + left).astimezone(UTC)
        left -= max(closes - start, timedelta(0))
        moment = civil.day_span(day, zone)[1]


def _offer(entry_id: int, now: datetime) -> Hold | None:
    with transaction.atomic():
        rows = WaitlistEntry.objects.filter(pk=entry_id, state=State.WAITING)
        entry = _locked(rows, skip_locked=True)
        if entry is None:
            return None
        visit = entry.appointment
        if not visit.is_changeable(now):
            _end(entry, State.ENDED, now)
            return None
        until = min(answer_until(now, visit.centre.zone), visit.may_change_until)
        slot = _earlier(entry, until, now)
        if slot is None or until <= now:
            return None
        hold = holds.offer_time(
            entry=entry, plan=plan_of(visit), starts_at=slot.starts_at, lasts=until - now, now=now
        )
        if hold is None:
            return None
        entry.state = State.OFFERED
        entry.save(update_fields=["state"])
        _record("services.time_offered", entry, by=None, now=now, hold=hold.pk)
        visit_live.tell(visit, "offer")
    return hold


def _earlier(entry: WaitlistEntry, until: datetime, now: datetime) -> Slot | None:
    """The first free time before the visit's that was not offered to it before. Two queries."""
    visit = entry.appointment
    first = max(entry.not_before, civil.local_date(now, visit.centre.zone))
    days = (civil.local_date(visit.starts_at, visit.centre.zone) - first).days + 1
    slots = availability.free_slots(
        centre=visit.centre, plan=plan_of(visit), first_day=first, days=days, now=now
    )
    known = {hold.span.lower for hold in entry.holds.all()}
    latest = visit.starts_at - EARLIER_BY
    return next((s for s in slots if until < s.starts_at <= latest and s.starts_at not in known), None)


def _offered(by: User, hold_id: int) -> tuple[Hold, WaitlistEntry]:
    """The person's offer and its entry, locked in that order: entry, then hold."""
    missing = NotFound(_("This offer was not found."))
    mine = Hold.objects.filter(pk=hold_id, user=by, purpose=Hold.Purpose.OFFER).first()
    entry = _locked(WaitlistEntry.objects.filter(holds=mine)) if mine else None
    if mine is None or entry is None:
        raise missing
    hold = Hold.objects.select_for_update(of=("self",)).select_related("centre").get(pk=mine.pk)
    return hold, entry


def _locked(rows: models.QuerySet[WaitlistEntry], *, skip_locked: bool = False) -> WaitlistEntry | None:
    return (
        rows.select_for_update(of=("self",), skip_locked=skip_locked)
        .select_related("appointment__centre", "appointment__service_type", "appointment__vehicle", "user")
        .first()
    )


def _open() -> list[str]:
    return [State.WAITING, State.OFFERED]


def _wait_on(entry: WaitlistEntry) -> None:
    entry.state = State.WAITING
    entry.save(update_fields=["state"])
    visit_live.tell(entry.appointment, "offer")


def _wait_on_after_offers() -> dict[int, Centre]:
    """Whoever's offer is over waits again; at which centres.

    Asked of what is stored, not of what has just ended: a worker may have died in between.
    """
    rows = WaitlistEntry.objects.filter(
        ~Exists(Hold.objects.filter(waitlist_entry=OuterRef("pk"), state=Hold.State.OPEN)),
        state=State.OFFERED,
    )
    found = {}
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            entry = _locked(rows.filter(pk=pk), skip_locked=True)
            if entry is not None:
                _wait_on(entry)
                found[entry.appointment.centre_id] = entry.appointment.centre
    return found


def _end(entry: WaitlistEntry, state: str, now: datetime) -> None:
    entry.state, entry.ended_at = state, now
    entry.save(update_fields=["state", "ended_at"])
    rows = Hold.objects.select_for_update(of=("self",)).filter(waitlist_entry=entry, state=Hold.State.OPEN)
    for hold in rows.select_related("centre"):
        holds.end_hold(hold, Hold.State.RELEASED)
        live.announce_hold(hold)
    visit_live.tell(entry.appointment, "offer")


def _record(kind: str, entry: WaitlistEntry, *, by: User | None, now: datetime, **data: int) -> None:
    visit = entry.appointment
    log.record(
        kind,
        by=by,
        subject=visit,
        data={"centre": visit.centre_id, "code": visit.code, "entry": entry.pk, **data},
        audience=[entry.user],
        at=now,
    )
