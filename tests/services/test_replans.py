"""Visits that lost their people get the best new times, one by one or all at once; each hears once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from common.errors import Conflict, NotFound
from services.booking import booking
from services.centres import closing, replans
from services.models import Absence, Appointment, Displacement
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, add_technician, make_workshop
from tests.services.test_absences import EVENING, THURSDAY_8, holder, ill, overlaps, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(workshop: Workshop, staff: User, now: datetime) -> Appointment:
    """A visit on Thursday whose only technician is ill that day."""
    booked = visit(workshop, now)
    ill(staff, workshop.technicians[0], now)
    return booked


def moves_told(customer: User) -> list[str]:
    kinds = customer.notices.values_list("kind", flat=True)
    return [kind for kind in kinds if kind.startswith("services.appointment_moved")]


def test_the_nearest_free_time_comes_first(lost: Appointment, staff: User, now: datetime) -> None:
    (replan,) = replans.propose(appointments=replans.visits_to_replan(by=staff), now=now)
    assert len(replan.slots) == replans.PROPOSED
    friday = THURSDAY_8 + timedelta(days=1)  # a day earlier would count double
    assert [slot.starts_at - friday for slot in replan.slots] == [
        timedelta(0),
        timedelta(hours=2),
        timedelta(hours=4),
    ]


def test_two_visits_are_not_promised_the_same_time(workshop: Workshop, staff: User, now: datetime) -> None:
    visit(workshop, now)
    visit(workshop, now, THURSDAY_8 + timedelta(hours=2))
    ill(staff, workshop.technicians[0], now)
    proposed = replans.propose(appointments=replans.visits_to_replan(by=staff), now=now)
    best = [replan.slots[0].starts_at for replan in proposed]
    assert len(set(best)) == 2


def test_a_new_time_is_told_once_with_an_apology_and_closes_the_loss(
    lost: Appointment, staff: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    run_reactions()
    assert moves_told(lost.booked_by) == []  # lost, but no new time yet: nothing to say
    friday = THURSDAY_8 + timedelta(days=1)
    moved = replans.move_visit(by=staff, appointment=lost, starts_at=friday, now=now)
    assert moved.starts_at == friday
    assert holder(moved, "technician") is not None
    loss = Displacement.objects.get()
    assert (loss.state, loss.settled_by) == (Displacement.State.MOVED, staff)
    assert not replans.visits_to_replan(by=staff)
    for _again in range(2):
        run_reactions()
    assert moves_told(lost.booked_by) == ["services.appointment_moved.replanned"]


def test_moved_twice_before_anybody_was_told_the_time_that_stands_is_told(
    lost: Appointment, staff: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    friday = THURSDAY_8 + timedelta(days=1)
    replans.move_visit(by=staff, appointment=lost, starts_at=friday, now=now)
    later = friday + timedelta(hours=2)
    replans.move_visit(by=staff, appointment=lost, starts_at=later, now=now)
    run_reactions()
    assert moves_told(lost.booked_by) == ["services.appointment_moved.replanned"]
    assert lost.booked_by.notices.get(kind__startswith="services.appointment_moved").params["time"] == "10:00"


def test_all_at_once_every_visit_has_a_time_of_its_own(
    workshop: Workshop, staff: User, now: datetime
) -> None:
    visits = [visit(workshop, now, THURSDAY_8 + timedelta(hours=hour)) for hour in range(5)]
    closing.close_centre(
        by=staff,
        centre=workshop.centre,
        starts_at=THURSDAY_8 - timedelta(hours=8),
        ends_at=EVENING,
        now=now,
    )
    assert replans.visits_to_replan(by=staff).count() == 5
    assert replans.move_all(by=staff, now=now) == (5, 0)
    assert replans.move_all(by=staff, now=now) == (0, 0)
    starts = set(Appointment.objects.filter(pk__in=[v.pk for v in visits]).values_list("span", flat=True))
    assert len(starts) == 5
    assert overlaps() == 0
    assert set(Displacement.objects.values_list("state", flat=True)) == {"moved"}


def test_what_finds_no_time_stays_on_the_list(
    lost: Appointment, workshop: Workshop, staff: User, now: datetime
) -> None:
    ill(
        staff,
        workshop.technicians[0],
        now,
        starts_at=now,
        ends_at=now + timedelta(days=90),
        reason=Absence.Reason.LEAVE,
    )
    assert replans.move_all(by=staff, now=now) == (0, 1)
    lost.refresh_from_db()
    assert lost.starts_at == THURSDAY_8
    assert replans.propose(appointments=replans.visits_to_replan(by=staff), now=now)[0].slots == []


def test_somebody_who_is_free_after_all_can_do_it_at_its_own_time(
    lost: Appointment, workshop: Workshop, staff: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    with pytest.raises(Conflict):
        replans.reassign_visit(by=staff, appointment=lost, now=now)
    colleague = add_technician(workshop.centre, workshop.service_type.skill, name="N. Wolter")
    replans.reassign_visit(by=staff, appointment=lost, now=now)
    assert holder(lost, "technician") == colleague
    run_reactions()
    assert moves_told(lost.booked_by) == []


def test_an_owner_who_moves_it_needs_no_replan(
    lost: Appointment, workshop: Workshop, staff: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    booking.move_appointment(
        by=lost.booked_by,
        appointment=lost,
        starts_at=THURSDAY_8 + timedelta(days=1),
        now=now + timedelta(minutes=1),
    )
    assert not replans.visits_to_replan(by=staff)  # at once, before the reaction
    run_reactions()
    assert Displacement.objects.get().state == Displacement.State.MOVED
    assert moves_told(lost.booked_by) == ["services.appointment_moved"]


def test_a_cancelled_visit_needs_nobody(
    lost: Appointment, staff: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    booking.cancel_appointment(by=lost.booked_by, appointment=lost, now=now + timedelta(minutes=1))
    assert not replans.visits_to_replan(by=staff)
    run_reactions()
    assert Displacement.objects.get().state == Displacement.State.ENDED


def test_another_centre_s_list_is_not_seen_and_not_changed(lost: Appointment, now: datetime) -> None:
    stranger = UserFactory.create(role="staff", scope=make_workshop().centre)
    assert not replans.visits_to_replan(by=stranger)
    with pytest.raises(NotFound):
        replans.move_visit(by=stranger, appointment=lost, starts_at=THURSDAY_8 + timedelta(days=1), now=now)
    assert replans.move_all(by=stranger, now=now) == (0, 0)


def test_the_list_costs_the_same_for_one_and_for_many(
    workshop: Workshop, staff: User, now: datetime, count_queries: Any
) -> None:
    def look() -> None:
        replans.propose(appointments=replans.visits_to_replan(by=staff), now=now)

    visit(workshop, now)
    ill(staff, workshop.technicians[0], now, ends_at=THURSDAY_8 + timedelta(hours=1))
    one = count_queries(look)
    for hour in range(2, 6):
        visit(workshop, now, THURSDAY_8 + timedelta(hours=hour))
    ill(staff, workshop.technicians[0], now, starts_at=THURSDAY_8 + timedelta(hours=2))
    assert replans.visits_to_replan(by=staff).count() == 5
    assert count_queries(look) == one
