"""Reading estimates: for their customer (never a draft), for staff, with sums and pictures."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import User
from documents.models import Document
from services.estimates import pricing
from services.estimates.pricing import Sum
from services.models import Appointment, CostEntry, Estimate, EstimateLine, RepairOrder
from services.visits import concerned
from services.work import findings

State, Decision = Estimate.State, EstimateLine.Decision
PICTURE = "services.estimate_picture"
ABOUT = "services.estimateline"


@dataclass
class Line:
    """A line with what it costs and its pictures."""

    line: EstimateLine
    sum: Sum
    pictures: list[Document] = field(default_factory=list)

    @property
    def entries(self) -> list[tuple[CostEntry, int]]:
        """Labour and parts, each with its net cents."""
        return [(entry, pricing.sum_of_entry(entry).net) for entry in self.line.entries.all()]


@dataclass
class Read:
    """An estimate as it is shown. ``sum`` is of all lines, ``ordered`` of those approved."""

    estimate: Estimate
    lines: list[Line]
    now: datetime

    @property
    def sum(self) -> Sum:
        return sum((each.sum for each in self.lines), Sum())

    @property
    def ordered(self) -> Sum:
        return sum((each.sum for each in self.lines if each.line.decision == Decision.APPROVED), Sum())

    @property
    def is_open(self) -> bool:
        """It waits for its decision, and there is time left."""
        expires_at = self.estimate.expires_at
        return self.estimate.state == State.SENT and expires_at is not None and self.now < expires_at


class Budget(NamedTuple):
    """Gross cents: what the customer set as a limit at check-in, and what the visit comes to."""

    limit: int | None
    booked: int
    approved: int
    asked: int

    @property
    def total(self) -> int:
        return self.booked + self.approved + self.asked

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.total > self.limit


def shared_with(user: User, now: datetime) -> QuerySet[Estimate]:
    """Estimates that were sent for the visits which are shared with the person."""
    visits = concerned.shared_with(user, now).values("pk")
    return (
        Estimate.objects.filter(appointment__in=visits)
        .exclude(state=State.DRAFT)
        .select_related("appointment__centre", "appointment__service_type", "appointment__vehicle__model")
    )


def at_centres_of(user: User) -> QuerySet[Estimate]:
    """All estimates of the visits at the colleague's centres."""
    visits = Appointment.objects.at_centres_of(user).values("pk")
    return Estimate.objects.filter(appointment__in=visits).select_related(
        "appointment__centre",
        "appointment__service_type",
        "appointment__vehicle__model",
        "appointment__booked_by",
        "decided_by",
    )


def of_visit(visit: Appointment, now: datetime, *, drafts: bool) -> list[Read]:
    """A visit's estimates, the newest first, with lines and sums. Four reads at most."""
    rows = Estimate.objects.filter(appointment=visit).select_related("decided_by").order_by("-number")
    if not drafts:
        rows = rows.exclude(state=State.DRAFT)
    estimates = list(rows.prefetch_related("lines__entries"))
    return _with_pictures(estimates, now)


def read(estimate: Estimate, now: datetime) -> Read:
    """One estimate with lines, sums and pictures. Four reads."""
    rows = Estimate.objects.filter(pk=estimate.pk).prefetch_related("lines__entries")
    [found] = _with_pictures(list(rows), now)
    estimate_now = found.estimate
    estimate_now.appointment = estimate.appointment
    return found


def budget_of(visit: Appointment, estimates: Iterable[Read]) -> Budget:
    """What the visit comes to with all that was approved and all that is asked for. One read."""
    order = RepairOrder.objects.filter(appointment=visit).first()
    approved = asked = 0
    for each in estimates:
        if each.estimate.state == State.DECIDED:
            approved += each.ordered.gross
        elif each.estimate.state in (State.DRAFT, State.SENT):
            asked += each.sum.gross
    return Budget(order.price_limit_cents if order else None, visit.price_cents or 0, approved, asked)


def pictures_of(lines: Iterable[EstimateLine]) -> dict[int, list[Document]]:
    """Each line's own pictures and those of the finding that it comes from. At most two reads."""
    rows = list(lines)
    found: dict[int, list[Document]] = {line.pk: [] for line in rows}
    documents = Document.objects.not_erased()
    own = documents.filter(about_kind=ABOUT, about_id__in=list(found)).order_by("pk") if rows else []
    for picture in own:
        found[picture.about_id or 0].append(picture)
    from_finding = {line.finding_id: line.pk for line in rows if line.finding_id}
    if from_finding:
        about = documents.filter(about_kind=findings.ABOUT, about_id__in=list(from_finding))
        for picture in about.order_by("pk"):
            found[from_finding[picture.about_id or 0]].append(picture)
    return found


def may_read_picture(user: Any, document: Document, *, now: datetime) -> bool:
    """Colleagues of the centre; the customer, once it was sent."""
    if document.about_kind != ABOUT or not user.is_authenticated:
        return False
    mine = Q(estimate__in=shared_with(user, now).values("pk"))
    ours = Q(estimate__in=at_centres_of(user).values("pk"))
    return EstimateLine.objects.filter(mine | ours, pk=document.about_id or 0).exists()


def _with_pictures(estimates: list[Estimate], now: datetime) -> list[Read]:
    pictures = pictures_of(line for estimate in estimates for line in estimate.lines.all())
    return [
        Read(
            estimate,
            [Line(line, pricing.sum_of_line(line), pictures[line.pk]) for line in estimate.lines.all()],
            now,
        )
        for estimate in estimates
    ]
