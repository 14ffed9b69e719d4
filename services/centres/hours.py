"""When a centre is open: its week, and single days on which it is open beside that.

Whoever changes it holds the locks of the days, so that a booking of such a day is either there
before, and then on the re-plan list if it fits no more, or comes after and hears that we are closed.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, Invalid, NotFound
from journal import log
from services import live
from services.centres import displacing
from services.centres.displacing import Outcome
from services.models import Allocation, Centre, Closure, Displacement, ExtraOpening, OpeningHours, Resource
from services.models.centres import ExtraOpeningQuerySet

CHANGE_DAY = "services.change_day"
AHEAD = timedelta(days=366)  # colleagues book up to a year ahead
NAME_LENGTH = 120
_NOT_BOUND = (Resource.Kind.LOAN_CAR,)  # they stay out after closing time


class Hours(NamedTuple):
    """One stretch of a weekday (ISO: Monday is 1) by the centre's wall clock."""

    weekday: int
    opens: time
    closes: time


class Opened(NamedTuple):
    """The extra opening, and how many visits that had lost their time have it again."""

    opening: ExtraOpening
    given_back: int


def check_hours(hours: Sequence[Hours]) -> None:
    """Raises Invalid (hours_overlap, hours_backward)."""
    for before, after in zip(sorted(hours), sorted(hours)[1:], strict=False):
        if before.weekday == after.weekday and after.opens < before.closes:
            raise Invalid(_("Two stretches of a day overlap."), code="hours_overlap")
    if any(each.closes <= each.opens for each in hours):
        raise Invalid(_("A day closes after it opens."), code="hours_backward")


def write_hours(*, centre: Centre, hours: Sequence[Hours]) -> None:
    """The week of a centre that nobody has booked yet."""
    OpeningHours.objects.bulk_create(
        OpeningHours(centre=centre, weekday=each.weekday, opens=each.opens, closes=each.closes)
        for each in hours
    )


def change_hours(*, by: User, centre: Centre, hours: Sequence[Hours], now: datetime) -> Outcome:
    """From ``now`` on this week holds. Visits that it leaves out go on the re-plan list.

    Visits that an earlier change left out, and that have found no other time, take up their own
    again where it is open now. The caller has locked the centre's row and asked for the right.
    """
    before = _week(centre)
    if sorted(before) == sorted(hours):
        return Outcome()
    ahead = DateTimeTZRange(now, now + AHEAD, "[)")
    displacing.lock_days(centre, ahead)
    OpeningHours.objects.filter(centre=centre).delete()
    write_hours(centre=centre, hours=hours)
    displacing.give_back(_left_out(centre), by=by, now=now)
    extra = _extra_days(centre)
    left_out = [
        taken.pk
        for taken in _bound(centre, ahead)
        if _covers(before, extra, taken.span, centre) and not _covers(hours, extra, taken.span, centre)
    ]
    live.announce_span("centre.hours", centre, ahead)
    return displacing.displace_outside(centre=centre, allocations=left_out, by=by, now=now)


def extra_openings_of(*, by: User) -> ExtraOpeningQuerySet:
    """Those that stand at the centres whose day ``by`` may change."""
    return ExtraOpening.objects.standing().filter(centre__in=Centre.objects.staffed_by(by, CHANGE_DAY))


def open_extra_day(
    *,
    by: User,
    centre: Centre,
    day: date,
    opens: time,
    closes: time,
    people: Sequence[Resource] = (),
    name: str = "",
    now: datetime,
) -> Opened:
    """Open on a civil day beside the week's hours; ``people`` work then.

    Raises NotFound outside ``by``'s centres and for people of another one; Invalid (past,
    hours_backward, nobody_works); Conflict (shut) where a closure lies over it, (opened) for a time
    that was added before.
    """
    if not by.has_permission(CHANGE_DAY, centre):
        raise NotFound(_("This centre was not found."), field="centre")
    _check_people(centre, people)
    if closes <= opens:
        raise Invalid(_("A day closes after it opens."), code="hours_backward", field="closes")
    if not now.date() <= day <= (now + AHEAD).date() or _span(centre, day, opens, closes).upper <= now:
        raise Invalid(_("Please choose a day within the next twelve months."), code="past", field="day")
    with transaction.atomic():
        span = _span(centre, day, opens, closes)
        displacing.lock_days(centre, span)
        if Closure.objects.in_force().filter(centre=centre, span__overlap=span).exists():
            raise Conflict(
                _("A closing lies over this time. Please take it back first."), code="shut", field="day"
            )
        there = ExtraOpening.objects.standing().filter(centre=centre, day=day)
        if there.filter(opens__lt=closes, closes__gt=opens).exists():
            raise Conflict(_("This time was added before."), code="opened", field="day")
        opening = ExtraOpening.objects.create(
            centre=centre, day=day, opens=opens, closes=closes, name=name.strip()[:NAME_LENGTH]
        )
        opening.people.set(people)
        lost = _left_out(centre).filter(appointment__span__overlap=span)
        given_back = displacing.give_back(lost, by=by, now=now)
        _record("services.extra_day_opened", opening, by=by, now=now)
        live.announce_span("centre.hours", centre, span)
    return Opened(opening, given_back)


def cancel_extra_day(*, by: User, opening: ExtraOpening, now: datetime) -> Outcome:
    """Not open then after all: what was booked only because of it goes on the re-plan list.

    Raises NotFound outside ``by``'s centres, Conflict (cancelled, over).
    """
    found = ExtraOpening.objects.filter(
        pk=opening.pk, centre__in=Centre.objects.staffed_by(by, CHANGE_DAY)
    ).select_related("centre")
    with transaction.atomic():
        seen = found.first()
        if seen is None:
            raise NotFound(_("This extra opening was not found."))
        centre, span = seen.centre, _span(seen.centre, seen.day, seen.opens, seen.closes)
        displacing.lock_days(centre, span)
        held = found.select_for_update(of=("self",)).get()
        if held.cancelled_at is not None:
            raise Conflict(_("This was taken back before."), code="cancelled")
        if span.upper <= now:
            raise Conflict(_("This day is over."), code="over")
        held.cancelled_at = now
        held.save(update_fields=["cancelled_at"])
        week, extra = _week(centre), _extra_days(centre)
        people = set(held.people.values_list("pk", flat=True))
        # Who came only for this day may have no shift then; whose shift reaches takes it up again.
        left_out = [
            taken.pk
            for taken in _bound(centre, span)
            if taken.resource_id in people or not _covers(week, extra, taken.span, centre)
        ]
        outcome = displacing.displace_outside(centre=centre, allocations=left_out, by=by, now=now)
        _record("services.extra_day_cancelled", held, by=by, now=now, affected=outcome.displaced)
        live.announce_span("centre.hours", centre, span)
    return outcome


def _check_people(centre: Centre, people: Sequence[Resource]) -> None:
    if any(each.centre_id != centre.pk for each in people):
        raise NotFound(_("This resource was not found."), field="people")
    if any(each.kind not in Resource.Kind.people() for each in people):
        raise Invalid(_("Only people work in shifts."), code="nobody_works", field="people")


def _span(centre: Centre, day: date, opens: time, closes: time) -> DateTimeTZRange:
    """As the search reads it: a time that clocks skip is the hour after it."""
    ends = []
    for clock in (opens, closes):
        try:
            ends.append(civil.instant(day, clock, centre.zone))
        except civil.NonexistentTime:
            ends.append(civil.instant(day, time(clock.hour + 1, clock.minute), centre.zone))
    if ends[1] <= ends[0]:
        raise Invalid(_("On this day clocks skip this time."), code="no_such_time", field="opens")
    return DateTimeTZRange(ends[0], ends[1], "[)")


def _week(centre: Centre) -> list[Hours]:
    rows = OpeningHours.objects.filter(centre=centre)
    return [Hours(each.weekday, each.opens, each.closes) for each in rows]


def _extra_days(centre: Centre) -> dict[date, list[tuple[time, time]]]:
    found: dict[date, list[tuple[time, time]]] = {}
    for each in ExtraOpening.objects.standing().filter(centre=centre):
        found.setdefault(each.day, []).append((each.opens, each.closes))
    return found


def _left_out(centre: Centre) -> QuerySet[Displacement]:
    return Displacement.objects.filter(hours_changed=True, appointment__centre=centre)


def _bound(centre: Centre, span: DateTimeTZRange) -> Iterable[Allocation]:
    """What visits to come and holds have there, and what can't be had while the house is shut."""
    return Allocation.objects.filter(
        resource__centre=centre,
        active=True,
        kind__in=[Allocation.Kind.VISIT, Allocation.Kind.HOLD],
        span__overlap=span,
        span__startswith__gte=span.lower,
    ).exclude(resource__kind__in=_NOT_BOUND)


def _covers(
    week: Iterable[Hours],
    extra: dict[date, list[tuple[time, time]]],
    span: DateTimeTZRange,
    centre: Centre,
) -> bool:
    """Whether the house is open all the while, by the wall clock of its civil day."""
    begins, ends = span.lower.astimezone(centre.zone), span.upper.astimezone(centre.zone)
    day = begins.date()
    if ends.date() != day:
        return False
    stretches = [(each.opens, each.closes) for each in week if each.weekday == day.isoweekday()]
    reached = begins.time()
    for opens, closes in sorted([*stretches, *extra.get(day, [])]):
        if opens <= reached < closes:
            reached = closes
    return ends.time() <= reached and reached > begins.time()


def _record(kind: str, opening: ExtraOpening, *, by: User, now: datetime, **data: int) -> None:
    log.record(kind, by=by, subject=opening.centre, data={"opening": opening.pk, **data}, at=now)
