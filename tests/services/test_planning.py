"""Moving work on the board: what moves, what stays, what is refused and why."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Notice, User
from common.civil import BERLIN, instant
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal.models import Event
from services.booking import booking
from services.booking.plans import make_plan
from services.desk import planning, workday
from services.models import Allocation, Appointment, Job, Resource
from tests.factories.accounts import UserFactory
from tests.factories.services import (
    SkillFactory,
    Workshop,
    add_technician,
    coming_thursday,
    make_car,
    make_workshop,
    take,
)

Part = Allocation.Part


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(technicians=2, bays=2)


def book(workshop: Workshop, clock: str = "08:30", **asked: Any) -> Appointment:
    person = UserFactory.create(first_name="Mara", last_name="Lund")
    return booking.book_appointment(
        by=person,
        vehicle=make_car(person),
        centre=workshop.centre,
        plan=make_plan(service_types=[workshop.service_type], **asked),
        starts_at=at(clock),
        now=timezone.now(),
        early_start=True,
    )


def who(visit: Appointment, part: str = Part.TECHNICIAN) -> Resource:
    return (
        Allocation.objects.select_related("resource").get(appointment=visit, part=part, active=True).resource
    )


def place(visit: Appointment, by: User, clock: str = "", **seats: Resource) -> Appointment:
    return planning.place_visit(
        by=by,
        appointment=visit,
        starts_at=at(clock) if clock else None,
        seats={(1, part): resource for part, resource in seats.items()},
        now=timezone.now(),
    )


def test_a_visit_given_to_somebody_else_keeps_its_time_and_place(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    bay, other = who(visit, Part.PLACE), workshop.technicians[1]
    place(visit, staff, technician=other)
    visit.refresh_from_db()
    assert who(visit) == other
    assert who(visit, Part.PLACE) == bay
    assert visit.starts_at == at("08:30")


def test_giving_it_to_somebody_else_is_in_the_journal_and_tells_no_customer(
    workshop: Workshop, staff: User, run_reactions: Callable[[], Any]
) -> None:
    visit = book(workshop)
    run_reactions()
    told = Notice.objects.count()
    place(visit, staff, technician=workshop.technicians[1])
    run_reactions()
    event = Event.objects.get(kind="services.visit_reassigned")
    assert event.by_id == staff.pk
    assert event.data["resource"] == workshop.technicians[1].pk
    assert Notice.objects.count() == told


def test_a_visit_moved_keeps_who_does_it_and_its_customer_is_told(
    workshop: Workshop, staff: User, run_reactions: Callable[[], Any]
) -> None:
    visit = book(workshop)
    place(visit, staff, technician=workshop.technicians[1])
    place(visit, staff, place=workshop.bays[1])
    place(visit, staff, "10:00")
    visit.refresh_from_db()
    assert visit.starts_at == at("10:00")
    assert (who(visit), who(visit, Part.PLACE)) == (workshop.technicians[1], workshop.bays[1])
    run_reactions()
    assert Notice.objects.filter(user=visit.booked_by, kind="services.appointment_moved").count() == 1


def test_another_time_and_another_person_go_in_one_step(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    place(visit, staff, "11:00", technician=workshop.technicians[1])
    visit.refresh_from_db()
    assert visit.starts_at == at("11:00")
    assert who(visit) == workshop.technicians[1]


def test_a_move_over_its_own_old_time_works(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    place(visit, staff, "08:45", technician=who(visit))
    visit.refresh_from_db()
    assert visit.starts_at == at("08:45")


def test_a_taken_person_is_refused_with_what_takes_them(workshop: Workshop, staff: User) -> None:
    first, second = book(workshop), book(workshop, "08:30")
    with pytest.raises(Conflict) as refused:
        place(second, staff, technician=who(first))
    assert refused.value.code == "resource_not_free"
    assert first.code in str(refused.value)
    assert "08:30" in str(refused.value)
    assert who(second) != who(first)


def test_a_refused_move_leaves_everything_as_it_was(workshop: Workshop, staff: User) -> None:
    first, second = book(workshop, "10:00"), book(workshop, "08:30")
    before = set(Allocation.objects.filter(active=True).values_list("pk", flat=True))
    with pytest.raises(Conflict):
        place(second, staff, "10:15", technician=who(first))
    second.refresh_from_db()
    assert second.starts_at == at("08:30")
    assert set(Allocation.objects.filter(active=True).values_list("pk", flat=True)) == before
    assert not Event.objects.filter(kind="services.appointment_moved").exists()


def test_somebody_ill_is_refused_with_the_reason(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    ill = workshop.technicians[1]
    take(ill, at("07:30"), at("17:00"))
    with pytest.raises(Conflict, match=ill.name):
        place(visit, staff, technician=ill)


def test_a_missing_skill_is_refused_by_its_name(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    other = add_technician(workshop.centre, SkillFactory.create(name_de="Karosserie"), name="J. Brandt")
    with pytest.raises(Conflict) as refused:
        place(visit, staff, technician=other)
    assert workshop.service_type.skill is not None
    assert workshop.service_type.skill.name in str(refused.value)


def test_a_bay_is_no_technician(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    with pytest.raises(Conflict):
        place(visit, staff, technician=workshop.bays[1])


def test_when_nobody_is_left_the_reason_says_who_is_lacking(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    for technician in workshop.technicians:
        take(technician, at("13:00"), at("17:00"))
    with pytest.raises(Conflict) as refused:
        place(visit, staff, "14:00")
    assert refused.value.code == "nobody_free"
    assert "14:00" in str(refused.value)
    visit.refresh_from_db()
    assert visit.starts_at == at("08:30")


def test_closed_hours_the_past_and_odd_minutes_are_refused(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    for wrong in (
        at("06:00"),
        at("16:50"),
        timezone.now() - timedelta(days=1),
        at("10:00") + timedelta(minutes=1),
    ):
        with pytest.raises((Invalid, Conflict)):
            planning.place_visit(by=staff, appointment=visit, starts_at=wrong, now=timezone.now())
    visit.refresh_from_db()
    assert visit.starts_at == at("08:30")


def test_work_that_has_begun_keeps_its_time_but_may_change_hands(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    workday.take_step(by=staff, appointment=visit, status=Appointment.Status.ARRIVED, now=timezone.now())
    visit.jobs.update(state=Job.State.STARTED)
    with pytest.raises(Conflict):
        place(visit, staff, "10:00")
    place(visit, staff, technician=workshop.technicians[1])
    assert who(visit) == workshop.technicians[1]


def test_what_is_over_does_not_move(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    booking.cancel_appointment(by=staff, appointment=visit, now=timezone.now())
    visit.refresh_from_db()
    with pytest.raises(Conflict):
        place(visit, staff, technician=workshop.technicians[1])


def test_a_visit_that_somebody_else_has_just_moved_is_looked_at_again(
    workshop: Workshop, staff: User
) -> None:
    seen = book(workshop)
    place(Appointment.objects.select_related("centre").get(pk=seen.pk), staff, "10:00")
    with pytest.raises(Conflict) as refused:
        place(seen, staff, "11:00")
    assert refused.value.code == "changed_meanwhile"


def test_open_work_goes_to_whoever_is_free(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    Allocation.objects.filter(appointment=visit, part=Part.TECHNICIAN).update(active=False)
    planning.assign_open_work(by=staff, appointment=visit, now=timezone.now())
    assert who(visit) in workshop.technicians
    assert Event.objects.filter(kind="services.visit_reassigned").count() == 1


def test_open_work_that_nobody_can_do_stays_open_with_the_reason(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    Allocation.objects.filter(appointment=visit, part=Part.TECHNICIAN).update(active=False)
    for technician in workshop.technicians:
        take(technician, at("07:30"), at("17:00"))
    with pytest.raises(Conflict) as refused:
        planning.assign_open_work(by=staff, appointment=visit, now=timezone.now())
    assert refused.value.code == "nobody_free"


def test_the_whole_visit_moves_with_one_of_its_jobs(workshop: Workshop, staff: User) -> None:
    second = make_workshop().service_type
    type(second).objects.filter(pk=second.pk).update(skill=workshop.service_type.skill)
    second.refresh_from_db()
    person = UserFactory.create()
    visit = booking.book_appointment(
        by=person,
        vehicle=make_car(person),
        centre=workshop.centre,
        plan=make_plan(service_types=[workshop.service_type, second]),
        starts_at=at("08:30"),
        now=timezone.now(),
        early_start=True,
    )
    planning.place_visit(
        by=staff,
        appointment=visit,
        starts_at=at("10:00"),
        seats={(2, Part.TECHNICIAN): workshop.technicians[1]},
        now=timezone.now(),
    )
    first, last = visit.jobs.order_by("position")
    assert (first.starts_at, last.starts_at) == (at("10:00"), at("10:45"))
    assert (
        Allocation.objects.get(job=last, part=Part.TECHNICIAN, active=True).resource
        == workshop.technicians[1]
    )


def test_colleagues_of_another_centre_do_not_find_the_visit(workshop: Workshop) -> None:
    visit = book(workshop)
    stranger = UserFactory.create(role="staff", scope=make_workshop().centre)
    with pytest.raises(NotFound):
        place(visit, stranger, "10:00")


def test_people_of_another_centre_are_not_to_be_had(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    with pytest.raises(NotFound):
        place(visit, staff, technician=make_workshop().technicians[0])


def test_technicians_see_the_day_but_do_not_move_it(workshop: Workshop) -> None:
    visit = book(workshop)
    technician = UserFactory.create(role="technician", scope=workshop.centre)
    with pytest.raises(NotAllowed):
        place(visit, technician, "10:00")
