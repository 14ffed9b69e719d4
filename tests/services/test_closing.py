"""Closures and public holidays: written once, blocking every resource, losing nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from journal.models import Event
from services import tasks
from services.centres import closing
from services.models import Allocation, Closure
from tests.factories.services import AppointmentFactory, Workshop, plan_for, take
from vehicles.models import Vehicle

START = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
END = START + timedelta(hours=4)


def test_a_closure_blocks_every_resource_and_is_in_the_journal(workshop: Workshop) -> None:
    closure = closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END)
    blocked = set(Allocation.objects.filter(closure=closure).values_list("resource", flat=True))
    assert blocked == {workshop.technicians[0].pk, workshop.bays[0].pk}
    assert Event.objects.get(kind="services.centre_closed").data == {"closure": closure.pk, "affected": 0}


def test_closing_twice_is_one_closure(workshop: Workshop) -> None:
    for _n in range(2):
        closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END)
    assert Closure.objects.count() == 1
    assert Allocation.objects.count() == 2


def test_a_closure_may_lie_over_an_absence(workshop: Workshop) -> None:
    take(workshop.technicians[0], START, END)
    closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END)
    assert Allocation.objects.filter(resource=workshop.technicians[0], active=True).count() == 2


def test_the_constraint_refuses_work_in_a_closure_whoever_writes_it(
    workshop: Workshop, owner: User, car: Vehicle
) -> None:
    closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END)
    visit = AppointmentFactory.create(
        vehicle=car,
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        early_start=True,
        booked_by=owner,
        starts_at=START,
    )
    with pytest.raises(IntegrityError, match="allocation_no_overlap"), transaction.atomic():
        Allocation.objects.create(
            resource=workshop.bays[0], kind=Allocation.Kind.VISIT, span=visit.span, appointment=visit
        )


@pytest.mark.parametrize(
    "span",
    [
        DateTimeTZRange(START, START, "[)"),
        DateTimeTZRange(START, None, "[)"),
        DateTimeTZRange(None, END, "[)"),
        DateTimeTZRange(START, END, "[]"),
    ],
)
def test_empty_and_endless_spans_are_refused(workshop: Workshop, span: DateTimeTZRange) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(resource=workshop.bays[0], kind=Allocation.Kind.ABSENCE, span=span)


def test_public_holidays_follow_the_land_and_are_written_once(workshop: Workshop) -> None:
    year: dict[str, Any] = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
    assert closing.close_on_public_holidays(centre=workshop.centre, **year) == 10
    assert closing.close_on_public_holidays(centre=workshop.centre, **year) == 0
    reformation = Closure.objects.get(name="Reformationstag")
    assert reformation.span.lower == datetime(2026, 10, 30, 23, 0, tzinfo=UTC)


def test_the_weekly_job_writes_the_year_ahead(workshop: Workshop) -> None:
    tasks.write_public_holidays()
    found = Closure.objects.count()
    assert found >= 10
    tasks.write_public_holidays()
    assert Closure.objects.count() == found
