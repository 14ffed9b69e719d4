"""Somebody is ill, a bay is shut: others take over, the rest is on the re-plan list, nothing is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal.models import Event
from services.booking import booking, holds, waitlist
from services.centres import absences, replans
from services.models import (
    Absence,
    Allocation,
    Appointment,
    Displacement,
    Hold,
    Job,
    Resource,
    WaitlistEntry,
)
from tests.factories.accounts import UserFactory
from tests.factories.services import (
    Workshop,
    add_bay,
    add_technician,
    make_car,
    make_workshop,
    plan_for,
)

pytestmark = pytest.mark.django_db
THURSDAY_8 = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)  # 08:00 in Berlin
EVENING = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)


def visit(shop: Workshop, now: datetime, starts_at: datetime = THURSDAY_8, **more: Any) -> Appointment:
    customer = UserFactory.create()
    return booking.book_appointment(
        by=customer,
        vehicle=make_car(customer),
        centre=shop.centre,
        plan=plan_for(shop.service_type),
        starts_at=starts_at,
        early_start=True,
        now=now,
        **more,
    )


def ill(by: User, resource: Resource, now: datetime, **more: Any) -> absences.Entered:
    asked: dict[str, Any] = {
        "starts_at": THURSDAY_8 - timedelta(hours=1),
        "ends_at": EVENING,
        "reason": Absence.Reason.SICK,
        **more,
    }
    return absences.enter_absence(by=by, resource=resource, now=now, **asked)


def holder(appointment: Appointment, part: str) -> Resource | None:
    held = appointment.allocations.filter(active=True, part=part).select_related("resource").first()
    return held.resource if held else None


def overlaps() -> int:
    """Active allocations of one resource that lie over each other, by a self-join without the constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM services_allocation a JOIN services_allocation b
               ON a.resource_id = b.resource_id AND a.id < b.id AND a.active AND b.active
               AND a.span && b.span AND a.blocker <> b.blocker"""
        )
        return int(cursor.fetchone()[0])


def test_a_colleague_with_the_skill_takes_over_at_the_same_time(
    workshop: Workshop, staff: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    booked = visit(workshop, now)
    colleague = add_technician(workshop.centre, workshop.service_type.skill, name="N. Wolter")
    entered = ill(staff, workshop.technicians[0], now)
    assert entered.outcome == (1, 1)
    assert holder(booked, "technician") == colleague
    assert holder(booked, "place") == workshop.bays[0]
    assert Displacement.objects.get().state == Displacement.State.REASSIGNED
    assert not replans.visits_to_replan(by=staff)
    run_reactions()
    (told,) = booked.booked_by.notices.values_list("kind", flat=True)
    assert told.startswith("services.appointment_booked")  # the time stands: nothing more to tell


def test_without_such_a_colleague_the_visit_is_on_the_re_plan_list_and_keeps_its_bay(
    workshop: Workshop, staff: User, now: datetime
) -> None:
    booked = visit(workshop, now)
    add_technician(workshop.centre, name="Without the skill")
    entered = ill(staff, workshop.technicians[0], now)
    assert (entered.outcome.displaced, entered.outcome.left) == (1, 1)
    booked.refresh_from_db()
    assert booked.status == Appointment.Status.BOOKED
    assert booked.starts_at == THURSDAY_8
    assert holder(booked, "technician") is None
    assert holder(booked, "place") == workshop.bays[0]
    assert list(replans.visits_to_replan(by=staff)) == [booked]


def test_several_visits_go_to_whoever_is_free_and_the_rest_stays_open(
    workshop: Workshop, staff: User, now: datetime
) -> None:
    add_bay(workshop.centre, name="Hebebühne 2")
    first, second = visit(workshop, now), visit(workshop, now, THURSDAY_8 + timedelta(hours=1))
    colleague = add_technician(workshop.centre, workshop.service_type.skill, starts=time(8), ends=time(9))
    entered = ill(staff, workshop.technicians[0], now)
    assert entered.outcome == (2, 1)
    assert holder(first, "technician") == colleague
    assert list(replans.visits_to_replan(by=staff)) == [second]


def test_a_bay_under_repair_sends_the_work_to_another_of_its_type(
    workshop: Workshop, staff: User, now: datetime
) -> None:
    booked = visit(workshop, now)
    add_bay(workshop.centre, "wash", name="Waschplatz")
    second = add_bay(workshop.centre, name="Hebebühne 2")
    ill(staff, workshop.bays[0], now, reason=Absence.Reason.MAINTENANCE)
    assert holder(booked, "place") == second
    assert holder(booked, "technician") == workshop.technicians[0]


def test_what_lies_outside_the_absence_stays(workshop: Workshop, staff: User, now: datetime) -> None:
    booked = visit(workshop, now, EVENING + timedelta(hours=14))
    assert ill(staff, workshop.technicians[0], now).outcome.displaced == 0
    assert holder(booked, "technician") == workshop.technicians[0]


def test_what_has_happened_stays_and_finished_work_needs_nobody(
    workshop: Workshop, staff: User, now: datetime
) -> None:
    done = visit(workshop, now)
    Appointment.objects.filter(pk=done.pk).update(status=Appointment.Status.READY)
    Job.objects.filter(appointment=done).update(state=Job.State.FINISHED)
    at_half_past = THURSDAY_8 + timedelta(minutes=30)
    assert ill(staff, workshop.technicians[0], at_half_past).outcome.displaced == 0
    held = done.allocations.get(part="technician")
    assert held.active
    assert held.span.upper == at_half_past
    assert not Displacement.objects.exists()
    assert overlaps() == 0


def test_a_time_that_somebody_holds_is_given_back_whole(
    workshop: Workshop, staff: User, owner: User, now: datetime
) -> None:
    kept = holds.hold_time(
        by=owner,
        vehicle=make_car(owner),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=THURSDAY_8,
        now=now,
    )
    ill(staff, workshop.technicians[0], now + timedelta(minutes=1))
    kept.refresh_from_db()
    assert kept.state == Hold.State.RELEASED
    assert not Allocation.objects.filter(hold=kept, active=True).exists()


def test_a_hold_whose_time_is_over_is_no_obstacle(
    workshop: Workshop, staff: User, owner: User, now: datetime
) -> None:
    kept = holds.hold_time(
        by=owner,
        vehicle=make_car(owner),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=THURSDAY_8,
        now=now,
    )
    ill(staff, workshop.technicians[0], now + timedelta(minutes=11))
    kept.refresh_from_db()
    assert kept.state == Hold.State.EXPIRED
    assert overlaps() == 0


def test_nobody_books_with_somebody_who_is_away(workshop: Workshop, staff: User, now: datetime) -> None:
    ill(staff, workshop.technicians[0], now)
    with pytest.raises(Conflict):
        visit(workshop, now)


def test_an_absence_is_in_the_journal_without_its_reason(
    workshop: Workshop, staff: User, now: datetime
) -> None:
    visit(workshop, now)
    entered = ill(staff, workshop.technicians[0], now)
    event = Event.objects.get(kind="services.absence_entered")
    assert event.by == staff
    assert event.data == {
        "absence": entered.absence.pk,
        "centre": workshop.centre.pk,
        "affected": 1,
        "reassigned": 0,
    }
    assert Event.objects.get(kind="services.visit_displaced").data["state"] == "open"


def test_whoever_comes_back_early_takes_up_their_visits_again(
    workshop: Workshop, staff: User, now: datetime
) -> None:
    booked = visit(workshop, now)
    absence = ill(staff, workshop.technicians[0], now).absence
    absences.cancel_absence(by=staff, absence=absence, now=now + timedelta(minutes=5))
    assert holder(booked, "technician") == workshop.technicians[0]
    assert not replans.visits_to_replan(by=staff)
    with pytest.raises(Conflict):
        absences.cancel_absence(by=staff, absence=absence, now=now + timedelta(minutes=6))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ends_at": THURSDAY_8 - timedelta(hours=1)}, "backward"),
        ({"ends_at": THURSDAY_8 + timedelta(days=400)}, "too_long"),
        (
            {"starts_at": datetime(2026, 11, 20, tzinfo=UTC), "ends_at": datetime(2026, 11, 21, tzinfo=UTC)},
            "past",
        ),
        ({"reason": "bored"}, "unknown_reason"),
        ({"starts_at": THURSDAY_8.replace(tzinfo=None)}, "no_time_zone"),
    ],
)
def test_what_can_t_be_is_refused_and_changes_nothing(
    workshop: Workshop, staff: User, now: datetime, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid, match=r".+") as refused:
        ill(staff, workshop.technicians[0], now, **changed)
    assert refused.value.code == code
    assert not Absence.objects.exists()
    assert not Allocation.objects.exists()


def test_another_centre_s_people_do_not_exist_here(workshop: Workshop, now: datetime) -> None:
    stranger = UserFactory.create(role="staff", scope=make_workshop().centre)
    with pytest.raises(NotFound):
        ill(stranger, workshop.technicians[0], now)
    technician = UserFactory.create(role="technician", scope=workshop.centre)
    with pytest.raises(NotAllowed):
        ill(technician, workshop.technicians[0], now)


def test_a_time_offered_from_the_waitlist_goes_and_its_person_waits_on(
    workshop: Workshop, staff: User, now: datetime
) -> None:
    booked = visit(workshop, now, THURSDAY_8 + timedelta(days=7))
    entry = waitlist.join(by=booked.booked_by, appointment=booked, now=now)
    (offered,) = waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    ill(staff, workshop.technicians[0], now, starts_at=now, ends_at=THURSDAY_8 + timedelta(days=6))
    offered.refresh_from_db()
    entry.refresh_from_db()
    assert offered.state == Hold.State.RELEASED
    assert entry.state == WaitlistEntry.State.WAITING
    assert holder(booked, "technician") == workshop.technicians[0]
