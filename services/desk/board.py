"""The board of a centre: what each person, place and car does on some days, planned and really.

A bar is one active allocation: the plan is its span, the fill is when somebody really worked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Invalid
from services.booking.plans import Demand, demands_of, plan_with
from services.desk import planning, rows
from services.desk.rows import Break, Row
from services.models import (
    Allocation,
    Appointment,
    Centre,
    Estimate,
    Job,
    JobTime,
    VisitMessage,
)

LENGTHS = (1, 3, 7)  # days that a board can show
SOON = timedelta(minutes=30)  # a job that starts within this time after an overrun is warned of
Status = Appointment.Status
# An Appointment with what _visits reads beside it: work, taken, asked_at, letters (unread).
Shown = Any
Part = Allocation.Part
LACKING: dict[str, Any] = {
    Part.PLACE: _("no place"),
    Part.TECHNICIAN: _("no technician"),
    Part.LOAN_CAR: _("no loan car"),
    Part.PICK_UP: _("no driver to fetch it"),
    Part.RETURN: _("no driver to bring it back"),
}


class Stretch(NamedTuple):
    """From one instant to another; no end: still going on."""

    starts_at: datetime
    ends_at: datetime | None


@dataclass
class Bar:
    """One resource taken for one visit. ``row`` is none where nobody does it yet."""

    visit: Shown
    job: Any  # a Job with ``worked``, or None: the whole visit
    part: str
    row: int | None
    starts_at: datetime
    ends_at: datetime
    allocation: int | None = None
    actual: list[Stretch] = field(default_factory=list)
    overrun: timedelta = timedelta(0)  # how long the work has gone on past its plan
    running: bool = False
    warned: bool = False  # what runs before it may not end in time

    @property
    def key(self) -> str:
        """The same for the same piece of work of a visit, whoever does it."""
        return f"{self.visit.pk}-{self.job.position if self.job else 0}-{self.part}"

    @property
    def car(self) -> str:
        """What the yard calls it: model and plate."""
        return car_words(self.visit)

    @property
    def work(self) -> str:
        return (self.job or self.visit).service_type.name

    @property
    def lacks(self) -> str:
        """Of open work: what there is none of."""
        return str(LACKING[self.part])

    @property
    def may_move(self) -> bool:
        """Whether the visit may begin at another time."""
        return planning.may_move(self.visit, self.visit.work)

    @property
    def may_change_hands(self) -> bool:
        """Whether somebody else may do it."""
        if self.job is None:
            return self.visit.status == Status.BOOKED
        open_states = (Job.State.PLANNED, Job.State.STARTED, Job.State.PAUSED)
        return self.visit.status not in (Status.READY, Status.DONE) and self.job.state in open_states


class OpenVisit(NamedTuple):
    """A visit that lacks something."""

    first: Bar
    bars: list[Bar]

    @property
    def work(self) -> list[str]:
        return list(dict.fromkeys(bar.work for bar in self.bars))

    @property
    def lacks(self) -> list[str]:
        return list(dict.fromkeys(bar.lacks for bar in self.bars))


@dataclass
class Board:
    """All that the page and the API show. ``opens`` and ``closes``: what of each day is drawn."""

    centre: Centre
    first_day: date
    days: int
    now: datetime
    opens: time
    closes: time
    rows: list[Row]
    bars: list[Bar]
    breaks: list[Break]
    open_work: list[Bar]  # nobody, or no place, is found for it
    visits: list[Shown]  # all that touch the days, in order
    in_house: list[Shown]  # cars that are with us, whenever they came

    @property
    def open_visits(self) -> list[OpenVisit]:
        """The open work, one entry per visit."""
        by_visit: dict[int, list[Bar]] = {}
        for bar in self.open_work:
            by_visit.setdefault(bar.visit.pk, []).append(bar)
        return [OpenVisit(bars[0], bars) for bars in by_visit.values()]

    @property
    def approvals(self) -> list[Shown]:
        """Visits whose customer has not answered an estimate. They carry ``asked_at``."""
        return [visit for visit in self.in_house if visit.status == Status.WAITING_APPROVAL]

    @property
    def present(self) -> list[Shown]:
        """The other cars that are with us."""
        return [visit for visit in self.in_house if visit.status != Status.WAITING_APPROVAL]

    def visits_of(self, day: date) -> list[Shown]:
        """Those that touch one civil day of the centre."""
        start, end = civil.day_span(day, self.centre.zone)
        return [visit for visit in self.visits if visit.starts_at < end and visit.ends_at > start]

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)


def car_words(visit: Appointment) -> str:
    """Model and plate; what the caller said of a car that we don't know."""
    if visit.vehicle is None:
        return visit.car_words or "–"
    return f"{visit.vehicle.model.name} · {visit.vehicle.plate or visit.vehicle.vin}"


def board_of(*, by: User, centre: Centre, first_day: date, days: int, now: datetime) -> Board:
    """The board of ``days`` civil days of the centre from ``first_day``. Eight queries.

    Empty for a centre that is not ``by``'s. Raises Invalid (unknown_length).
    """
    if days not in LENGTHS:
        raise Invalid(_("A board shows one, three or seven days."), code="unknown_length", field="days")
    span = (
        civil.day_span(first_day, centre.zone)[0],
        civil.day_span(first_day + timedelta(days=days - 1), centre.zone)[1],
    )
    found = list(_visits(by, centre, span))
    visits = [visit for visit in found if visit.starts_at < span[1] and visit.ends_at > span[0]]
    taken = list(_taken(centre, span))
    bars = _bars(found, taken, now)
    resources = list(rows.resources_of(centre, taken))
    opens, closes = rows.drawn_hours(centre, visits, first_day, days)
    for visit in found:
        visit.car_line = car_words(visit)
        visit.running_since = _running_since(visit)
    board = Board(
        centre=centre,
        first_day=first_day,
        days=days,
        now=now,
        opens=opens,
        closes=closes,
        rows=rows.rows_of(resources, taken, now),
        bars=bars,
        breaks=[*rows.breaks_of(taken), *rows.off_shift(centre, resources, first_day, days, opens, closes)],
        open_work=[bar for visit in visits for bar in _lacking(visit, centre)],
        visits=visits,
        in_house=[visit for visit in found if visit.status in Status.in_house()],
    )
    _warn(board.bars, now)
    return board


def _running_since(visit: Shown) -> datetime | None:
    times = (time for job in visit.work for time in job.worked if time.ended_at is None)
    return next((time.started_at for time in times), None)


def _visits(by: User, centre: Centre, span: tuple[datetime, datetime]) -> Iterable[Shown]:
    """Those of the days and those in the house, with jobs, times, allocations. Four queries."""
    waiting = Estimate.objects.filter(appointment=OuterRef("pk"), state=Estimate.State.SENT)
    said = VisitMessage.objects.filter(appointment=OuterRef("pk"), from_customer=True, read_at__isnull=True)
    letters = said.order_by().values("appointment").annotate(count=Count("pk")).values("count")
    jobs = Job.objects.select_related("service_type").order_by("position")
    return (
        Appointment.objects.at_centres_of(by)
        .filter(Q(span__overlap=span) | Q(status__in=Status.in_house()), centre=centre)
        .exclude(status=Status.CANCELLED)
        .select_related("vehicle__model", "service_type", "booked_by")
        .annotate(
            asked_at=Subquery(waiting.values("sent_at")[:1]),
            letters=Coalesce(Subquery(letters), 0),
        )
        .prefetch_related(
            Prefetch("jobs", jobs, to_attr="work"),
            Prefetch("work__times", JobTime.objects.order_by("started_at"), to_attr="worked"),
            Prefetch(
                "allocations",
                Allocation.objects.filter(active=True).select_related("resource").order_by("pk"),
                to_attr="taken",
            ),
        )
        .order_by("span", "pk")
    )


def _taken(centre: Centre, span: tuple[datetime, datetime]) -> Iterable[Allocation]:
    """What holds the centre's people, places and cars during the days. One query."""
    return (
        Allocation.objects.filter(resource__centre=centre, active=True, span__overlap=span)
        .exclude(kind=Allocation.Kind.HOLD)
        .select_related("absence", "closure")
        .order_by("span", "pk")
    )


def _bars(visits: Iterable[Shown], taken: Iterable[Allocation], now: datetime) -> list[Bar]:
    known = {visit.pk: visit for visit in visits}
    bars = []
    for allocation in taken:
        visit = known.get(allocation.appointment_id or 0)
        if visit is not None:
            job = next((each for each in visit.work if each.pk == allocation.job_id), None)
            bar = Bar(
                visit=visit,
                job=job,
                part=allocation.part,
                row=allocation.resource_id,
                starts_at=allocation.span.lower,
                ends_at=allocation.span.upper,
                allocation=allocation.pk,
            )
            _fill_in(bar, now)
            bars.append(bar)
    return bars


def _fill_in(bar: Bar, now: datetime) -> None:
    """What was really worked on it, and by how much that went past the plan."""
    if bar.job is None:
        return
    bar.actual = [Stretch(time.started_at, time.ended_at) for time in bar.job.worked]
    bar.running = any(stretch.ends_at is None for stretch in bar.actual)
    if bar.actual:
        until = now if bar.running else max(stretch.ends_at or now for stretch in bar.actual)
        bar.overrun = max(until - bar.job.ends_at, timedelta(0))


def _warn(bars: Iterable[Bar], now: datetime) -> None:
    """Who comes after work that runs past its plan may have to wait."""
    late = [bar for bar in bars if bar.running and bar.overrun]
    for bar in bars:
        bar.warned = bar.visit.status not in (Status.READY, Status.DONE) and any(
            other.row == bar.row
            and other is not bar
            and other.ends_at <= bar.starts_at <= now + SOON
            and not bar.actual
            for other in late
        )


def _lacking(visit: Shown, centre: Centre) -> Iterable[Bar]:
    """What of the visit's work nobody, or no place, is found for."""
    if visit.status in (Status.READY, Status.DONE, *Status.gone()):
        return
    jobs = {job.position: job for job in visit.work}
    positions = {job.pk: job.position for job in visit.work}
    met = {(positions.get(each.job_id or 0, 0), each.part) for each in visit.taken}
    for demand in demands_of(plan_with(visit, visit.work), centre):
        job = jobs.get(demand.position)
        done = job is not None and job.state in (Job.State.FINISHED, Job.State.DROPPED)
        drive_over = demand.part == Allocation.Part.PICK_UP and visit.status != Status.BOOKED
        if (demand.position, demand.part) not in met and not done and not drive_over:
            yield _open_bar(visit, job, demand)


def _open_bar(visit: Shown, job: Job | None, demand: Demand) -> Bar:
    start = visit.starts_at
    end = max(start + demand.high, start + demand.low + timedelta(minutes=15))
    return Bar(visit, job, demand.part, None, start + demand.low, end)
