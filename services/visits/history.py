"""What was done to a car: its visits with their papers, for its people and for staff."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import User
from services.models import Appointment, CheckResult, Estimate, Job, RepairOrder
from services.models.visits import AppointmentQuerySet
from services.visits import concerned
from vehicles.models import Vehicle

Verdict = CheckResult.Verdict


@dataclass
class Entry:
    """One visit: what was done, at which mileage (km), what was found, and the papers that one may read."""

    visit: Appointment
    works: list[str]
    mileage_km: int | None = None
    paper_id: int | None = None
    estimates: list[Estimate] = field(default_factory=list)
    good: int = 0
    watch: list[CheckResult] = field(default_factory=list)
    bad: list[CheckResult] = field(default_factory=list)

    @property
    def is_checked(self) -> bool:
        return bool(self.good or self.watch or self.bad)


def visits_of_car(*, user: User, vehicle: Vehicle, now: datetime) -> AppointmentQuerySet:
    """The car's visits of the person's time with it, the latest first."""
    return Appointment.objects.visible_to(user, now).filter(vehicle=vehicle).with_names().order_by("-span")


def visits_for_staff(*, user: User, vehicle: Vehicle) -> AppointmentQuerySet:
    """The car's visits at the colleague's centres, the latest first."""
    return Appointment.objects.at_centres_of(user).filter(vehicle=vehicle).with_names().order_by("-span")


def done_to(vehicle: Vehicle) -> QuerySet[Appointment]:
    """All visits of the car that ended with handing it back, whoever owned it then, the oldest first.

    For the service record, which goes with the car: it names work, day and mileage, never people.
    """
    return (
        Appointment.objects.filter(vehicle=vehicle, status=Appointment.Status.DONE)
        .with_names()
        .order_by("span")
    )


def entries_for(visits: Sequence[Appointment], *, user: User, now: datetime) -> list[Entry]:
    """For the car's people: papers and estimates only of visits that are theirs. Five queries."""
    ids = [visit.pk for visit in visits]
    theirs = set(concerned.shared_with(user, now).filter(pk__in=ids).values_list("pk", flat=True))
    return read_entries(visits, with_papers=theirs)


def read_entries(visits: Sequence[Appointment], *, with_papers: Iterable[int] | None = None) -> list[Entry]:
    """The visits with all that is known of them; papers of all, or of those ids. Four queries."""
    ids = [visit.pk for visit in visits]
    allowed = set(ids if with_papers is None else with_papers)
    works: dict[int, list[str]] = defaultdict(list)
    jobs = Job.objects.filter(appointment__in=ids).exclude(state=Job.State.DROPPED)
    for job in jobs.select_related("service_type").order_by("appointment", "position"):
        works[job.appointment_id].append(job.service_type.name)
    entries = {visit.pk: Entry(visit, works[visit.pk] or [visit.service_type.name]) for visit in visits}
    for order in RepairOrder.objects.filter(appointment__in=ids):
        entry = entries[order.appointment_id]
        entry.mileage_km = order.mileage_km
        entry.paper_id = order.paper_id if order.appointment_id in allowed else None
    sent = Estimate.objects.filter(appointment__in=allowed).exclude(state=Estimate.State.DRAFT)
    for estimate in sent.order_by("number"):
        entries[estimate.appointment_id].estimates.append(estimate)
    _add_checks(entries)
    return list(entries.values())


def _add_checks(entries: dict[int, Entry]) -> None:
    results = (
        CheckResult.objects.filter(job__appointment__in=list(entries))
        .exclude(verdict=Verdict.SKIPPED)
        .annotate(visit_id=F("job__appointment"))
        .select_related("item")
        .order_by("item__position")
    )
    for result in results:
        entry = entries[result.visit_id]
        if result.verdict == Verdict.GOOD:
            entry.good += 1
        else:
            (entry.bad if result.verdict == Verdict.BAD else entry.watch).append(result)
