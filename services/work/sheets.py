"""The check sheet of a job: what is measured or looked at, and whether it is in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotFound
from journal import log
from services import live
from services.models import Appointment, CheckItem, CheckResult, Job
from services.work.jobs import locked_job
from services.work.moments import moment_of

Verdict = CheckResult.Verdict
# This close to a limit (as a part of it, or of the room between both) is worth watching.
MARGIN = Decimal("0.10")
CENT = Decimal("0.01")
LARGEST = Decimal(1_000_000)  # the column has six digits before the point


@dataclass(frozen=True)
class Limits:
    """Where a measured value turns bad, and where it is worth watching; None: no such limit."""

    bad_below: Decimal | None
    watch_below: Decimal | None
    watch_above: Decimal | None
    bad_above: Decimal | None


@dataclass(frozen=True)
class Point:
    """One point of a sheet with what was found, if it was checked."""

    item: CheckItem
    result: CheckResult | None

    @property
    def limits(self) -> Limits:
        return limits_of(self.item)

    @property
    def typed(self) -> Decimal | None:
        """The value as one would type it: without trailing zeros."""
        return None if self.result is None or self.result.value is None else self.result.value.normalize()

    @property
    def computed(self) -> Verdict | None:
        if self.result is None or self.result.value is None:
            return None
        return verdict_of(item=self.item, value=self.result.value)

    @property
    def is_overridden(self) -> bool:
        """Somebody judged otherwise than the limits do."""
        return self.computed is not None and self.result is not None and self.result.verdict != self.computed


def limits_of(item: CheckItem) -> Limits:
    """The limits themselves are still in order; a tenth before them begins what is worth watching."""
    low, high = item.lowest, item.highest
    room = MARGIN * (high - low) if low is not None and high is not None else None
    return Limits(
        bad_below=low,
        watch_below=None if low is None else low + (MARGIN * abs(low) if room is None else room),
        watch_above=None if high is None else high - (MARGIN * abs(high) if room is None else room),
        bad_above=high,
    )


def verdict_of(*, item: CheckItem, value: Decimal) -> Verdict:
    """What the limits say about a value in the item's unit."""
    limits = limits_of(item)
    if limits.bad_below is not None and value < limits.bad_below:
        return Verdict.BAD
    if limits.bad_above is not None and value > limits.bad_above:
        return Verdict.BAD
    if limits.watch_below is not None and value < limits.watch_below:
        return Verdict.WATCH
    if limits.watch_above is not None and value > limits.watch_above:
        return Verdict.WATCH
    return Verdict.GOOD


def points_of(*, job: Job) -> list[Point]:
    """The sheet of a job in its order. Two reads."""
    results = {result.item_id: result for result in job.check_results.select_related("by")}
    items = CheckItem.objects.filter(service_type=job.service_type_id, is_active=True).order_by("position")
    return [Point(item, results.get(item.pk)) for item in items]


def open_points(*, job: Job) -> list[CheckItem]:
    """Points of the sheet without a result, in order."""
    return list(
        CheckItem.objects.filter(service_type=job.service_type_id, is_active=True)
        .exclude(pk__in=job.check_results.values("item"))
        .order_by("position")
    )


def record_result(
    *,
    by: User,
    job: Job,
    item: CheckItem,
    value: Decimal | None = None,
    verdict: str = "",
    seen: datetime | None = None,
    at: datetime | None = None,
    now: datetime,
) -> CheckResult:
    """Write down what was measured (in the item's unit) or seen at one point, at the instant ``at``.

    Without a ``verdict`` the limits decide. ``seen`` is the instant of the result that its maker had
    before their eyes (None: none): when another was written down meanwhile, nothing is overwritten.
    Raises NotFound, Invalid (in_future, too_old, value_needed, no_value_here, value_unreadable,
    verdict_needed), Conflict: not_working (job not begun, or its visit over), result_changed with
    ``extra`` naming what stands there.
    """
    moment = moment_of(at=at, now=now)
    value, judged = _judged(item, value, verdict)
    with transaction.atomic():
        held = locked_job(by=by, job=job)
        if item.service_type_id != held.service_type_id or not item.is_active:
            raise NotFound(_("This point is not on the check sheet."), field="item")
        _require_working(held)
        stored = CheckResult.objects.filter(job=held, item=item).first()
        if stored is not None and (stored.value, stored.verdict) == (value, judged):
            return stored
        if stored is not None and stored.at != seen:
            raise Conflict(
                _("Somebody has written down something else here meanwhile."),
                code="result_changed",
                extra={
                    "value": None if stored.value is None else str(stored.value),
                    "verdict": stored.verdict,
                    "at": stored.at.isoformat(),
                },
            )
        result = stored or CheckResult(job=held, item=item)
        result.value, result.verdict, result.by, result.at = value, judged, by, moment
        result.save()
        visit = held.appointment
        log.record(
            "services.point_checked",
            by=by,
            subject=visit,
            data={"centre": visit.centre_id, "job": held.pk, "item": item.pk, "verdict": judged},
            at=moment,
        )
        live.announce("services.point_checked", visit)
    return result


def results_in_words(points: Iterable[Point]) -> dict[str, int]:
    """How many points of each verdict; under "open" those without one."""
    counted = {**dict.fromkeys(Verdict.values, 0), "open": 0}
    for point in points:
        counted[point.result.verdict if point.result else "open"] += 1
    return counted


def _judged(item: CheckItem, value: Decimal | None, verdict: str) -> tuple[Decimal | None, str]:
    if verdict and verdict not in Verdict.values:
        raise Invalid(_("There is no such verdict."), code="verdict_needed", field="verdict")
    if verdict == Verdict.SKIPPED:
        return None, verdict
    if not item.unit:
        if value is not None:
            raise Invalid(_("Nothing is measured at this point."), code="no_value_here", field="value")
        if not verdict:
            raise Invalid(_("Please say how it looks."), code="verdict_needed", field="verdict")
        return None, verdict
    if value is None:
        raise Invalid(_("Please enter what you measured."), code="value_needed", field="value")
    if not value.is_finite() or abs(value) >= LARGEST:
        raise Invalid(_("Please enter a number."), code="value_unreadable", field="value")
    rounded = value.quantize(CENT, ROUND_HALF_UP)
    return rounded, verdict or verdict_of(item=item, value=rounded)


def _require_working(job: Job) -> None:
    over = (Appointment.Status.DONE, *Appointment.Status.gone())
    if job.state in (Job.State.PLANNED, Job.State.DROPPED) or job.appointment.status in over:
        raise Conflict(_("Please start the job first."), code="not_working")
