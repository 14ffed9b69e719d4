"""Closures and public holidays: written once, blocking every resource, losing nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from common import civil
from common.errors import Conflict, NotFound
from journal.models import Event
from services import tasks
from services.centres import closing, replans
from services.models import Allocation, Closure
from tests.factories.accounts import UserFactory
from tests.factories.services import (
    AppointmentFactory,
    Workshop,
    add_technician,
    make_workshop,
    take,
)
from tests.services.test_absences import overlaps, visit
from vehicles.models import Vehicle

START = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
END = START + timedelta(hours=4)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_a_closure_blocks_every_resource_and_is_in_the_journal(workshop: Workshop) -> None:
    closure = closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END, now=NOW)
    blocked = set(Allocation.objects.filter(closure=closure).values_list("resource", flat=True))
    assert blocked == {workshop.technicians[0].pk, workshop.bays[0].pk}
    assert Event.objects.get(kind="services.centre_closed").data == {"closure": closure.pk, "affected": 0}


def test_closing_twice_is_one_closure(workshop: Workshop) -> None:
    for _n in range(2):
        closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END, now=NOW)
    assert Closure.objects.count() == 1
    assert Allocation.objects.count() == 2


def test_a_closure_may_lie_over_an_absence(workshop: Workshop) -> None:
    take(workshop.technicians[0], START, END)
    closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END, now=NOW)
    assert Allocation.objects.filter(resource=workshop.technicians[0], active=True).count() == 2


def test_the_constraint_refuses_work_in_a_closure_whoever_writes_it(
    workshop: Workshop, owner: User, car: Vehicle
) -> None:
    closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END, now=NOW)
    visit = AppointmentFactory.create(
        vehicle=car,
        centre=workshop.centre,
        service_type=workshop.service_type,
        booked_by=owner,
        starts_at=START,
    )
    with pytest.raises(IntegrityError, match="allocation_no_overlap"), transaction.atomic():
        Allocation.objects.create(
            resource=workshop.bays[0],
            kind=Allocation.Kind.VISIT,
            span=visit.span,
            appointment=visit,
            job=visit.jobs.get(),
            part=Allocation.Part.PLACE,
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
    year: dict[str, Any] = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31), "now": NOW}
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


def test_what_a_closure_displaces_is_listed_and_nothing_is_lost(
    workshop: Workshop, staff: User, run_reactions: Callable[[], int]
) -> None:
    booked = visit(workshop, NOW, START)
    add_technician(workshop.centre, workshop.service_type.skill, name="Free, but the house is shut")
    closure = closing.close_centre(
        by=staff, centre=workshop.centre, starts_at=START, ends_at=END, now=NOW, name="Wasserschaden"
    )
    assert list(closing.affected_visits(closure)) == [booked]
    assert list(replans.visits_to_replan(by=staff)) == [booked]
    assert not booked.allocations.filter(active=True).exists()
    assert closure.displacements.count() == 2  # its bay and its technician
    assert overlaps() == 0
    assert Event.objects.get(kind="services.centre_closed").data["affected"] == 1
    run_reactions()
    assert booked.booked_by.notices.count() == 1  # of the booking; the new time is told when it stands


def test_a_holiday_that_is_added_late_displaces_the_visits_of_its_day(
    workshop: Workshop, staff: User
) -> None:
    booked = visit(workshop, NOW, datetime(2026, 12, 28, 9, 0, tzinfo=UTC))
    christmas: dict[str, Any] = {"first_day": date(2026, 12, 25), "last_day": date(2026, 12, 28), "now": NOW}
    assert closing.close_on_public_holidays(centre=workshop.centre, **christmas) == 2
    assert not replans.visits_to_replan(by=staff)
    starts_at, ends_at = civil.day_span(date(2026, 12, 28))
    closing.close_centre(
        by=None,
        centre=workshop.centre,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=Closure.Reason.PUBLIC_HOLIDAY,
        now=NOW,
    )
    assert list(replans.visits_to_replan(by=staff)) == [booked]


def test_opening_after_all_gives_the_visits_their_time_back(workshop: Workshop, staff: User) -> None:
    booked = visit(workshop, NOW, START)
    closure = closing.close_centre(by=staff, centre=workshop.centre, starts_at=START, ends_at=END, now=NOW)
    closing.reopen_centre(by=staff, closure=closure, now=NOW + timedelta(minutes=1))
    assert booked.allocations.filter(active=True).count() == 2
    assert not replans.visits_to_replan(by=staff)
    assert visit(workshop, NOW, START + timedelta(hours=2))  # and others may book again
    with pytest.raises(Conflict):
        closing.reopen_centre(by=staff, closure=closure, now=NOW + timedelta(minutes=2))


def test_a_holiday_on_which_a_house_opens_is_not_written_again(workshop: Workshop, staff: User) -> None:
    year: dict[str, Any] = {"first_day": date(2026, 12, 1), "last_day": date(2026, 12, 31), "now": NOW}
    closing.close_on_public_holidays(centre=workshop.centre, **year)
    closure = Closure.objects.order_by("span").first()
    assert closure is not None
    closing.reopen_centre(by=staff, closure=closure, now=NOW)
    closing.close_on_public_holidays(centre=workshop.centre, **year)
    closure.refresh_from_db()
    assert closure.cancelled_at == NOW
    assert visit(workshop, NOW, closure.span.lower + timedelta(hours=9))


def test_staff_close_and_open_their_own_centres_only(workshop: Workshop) -> None:
    stranger = UserFactory.create(role="staff", scope=make_workshop().centre)
    with pytest.raises(NotFound):
        closing.close_centre(by=stranger, centre=workshop.centre, starts_at=START, ends_at=END, now=NOW)
    closure = closing.close_centre(by=None, centre=workshop.centre, starts_at=START, ends_at=END, now=NOW)
    with pytest.raises(NotFound):
        closing.reopen_centre(by=stranger, closure=closure, now=NOW)
