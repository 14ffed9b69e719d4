"""Booking, moving and cancelling: what an owner may rely on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from accounts.models import Notice, User
from common.civil import BERLIN, instant
from common.errors import Invalid, NotAllowed, NotFound
from journal.models import Event
from services.booking import booking
from services.centres import closing
from services.errors import CutoffPassed, NotChangeable, SlotTaken, VehicleBusy
from services.models import Allocation, Appointment
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, make_car, make_workshop, plan_for
from vehicles.models import Vehicle

THURSDAY = date(2026, 11, 26)


def at(clock: str, day: date = THURSDAY) -> datetime:
    return instant(day, time.fromisoformat(clock), BERLIN)


@pytest.fixture
def book(workshop: Workshop, owner: User, car: Vehicle, now: datetime) -> Callable[..., Appointment]:
    def call(clock: str = "08:30", **changed: Any) -> Appointment:
        asked: dict[str, Any] = {
            "by": owner,
            "vehicle": car,
            "centre": workshop.centre,
            "plan": plan_for(changed.pop("service_type", workshop.service_type)),
            "starts_at": at(clock),
            "early_start": True,
            "now": now,
        }
        return booking.book_appointment(**{**asked, **changed})

    return call


def resources(appointment: Appointment) -> list[tuple[str, bool]]:
    return list(
        Allocation.objects.filter(appointment=appointment)
        .order_by("pk")
        .values_list("resource__kind", "active")
    )


def test_a_booking_holds_one_bay_and_one_technician(book: Any) -> None:
    appointment = book()
    assert appointment.starts_at == at("08:30")
    assert appointment.ends_at == at("09:15")
    assert appointment.price_cents == 8900
    assert resources(appointment) == [("bay", True), ("technician", True)]
    assert Appointment.objects.get().code == appointment.code


def test_a_booking_is_in_the_journal_and_its_owner_hears_once(
    book: Any, owner: User, run_reactions: Callable[[], int]
) -> None:
    appointment = book()
    event = Event.objects.get(kind="services.appointment_booked")
    assert event.data == {
        "centre": appointment.centre_id,
        "service_type": appointment.service_type_id,
        "code": appointment.code,
        "version": 0,
    }
    run_reactions()
    run_reactions()
    notice = Notice.objects.get(user=owner)
    assert notice.params["time"] == "08:30"
    assert notice.url.endswith(f"/{appointment.pk}/")


def test_a_taken_time_names_the_next_three(book: Any) -> None:
    book("08:30")
    with pytest.raises(SlotTaken) as refused:
        book("08:30", by=(other := UserFactory.create()), vehicle=make_car(other))
    assert [slot.starts_at for slot in refused.value.next_slots] == [at("09:15"), at("09:30"), at("09:45")]
    assert Appointment.objects.count() == 1


def test_a_second_technician_without_a_second_bay_does_not_help(
    owner: User, car: Vehicle, now: datetime
) -> None:
    workshop = make_workshop(technicians=2, bays=1)
    other = UserFactory.create()
    asked: dict[str, Any] = {
        "centre": workshop.centre,
        "plan": plan_for(workshop.service_type),
        "early_start": True,
        "now": now,
    }
    booking.book_appointment(by=owner, vehicle=car, starts_at=at("08:30"), **asked)
    with pytest.raises(SlotTaken):
        booking.book_appointment(by=other, vehicle=make_car(other), starts_at=at("09:00"), **asked)


def test_the_same_car_cannot_be_at_two_centres_at_once(book: Any) -> None:
    book("08:30")
    elsewhere = make_workshop()
    with pytest.raises(VehicleBusy):
        book("09:00", centre=elsewhere.centre, service_type=elsewhere.service_type)
    assert book("09:15", centre=elsewhere.centre, service_type=elsewhere.service_type)


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        (at("08:30", date(2026, 11, 23)), "past"),
        (at("10:45", date(2026, 11, 24)), "too_soon"),
        (at("08:30", date(2027, 3, 1)), "too_far"),
        (datetime(9999, 12, 31, 23, 45, tzinfo=UTC), "too_far"),
        (at("08:30") + timedelta(minutes=7), "off_grid"),
        (at("08:30") + timedelta(seconds=1), "off_grid"),
        (at("07:15"), "closed"),
        (at("16:30"), "closed"),
        (at("09:00", date(2026, 11, 29)), "closed"),
        (datetime(2026, 11, 26, 8, 30), "no_time_zone"),  # noqa: DTZ001
    ],
)
def test_an_impossible_start_is_refused_with_its_reason(book: Any, starts_at: datetime, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        book(starts_at=starts_at)
    assert refused.value.code == code
    assert refused.value.field == "starts_at"
    assert not Appointment.objects.exists()


def test_somebody_elses_car_does_not_exist(book: Any) -> None:
    with pytest.raises(NotFound):
        book(vehicle=make_car(UserFactory.create()))
    assert not Appointment.objects.exists()


def test_a_service_that_owners_may_not_book_is_refused(book: Any, workshop: Workshop) -> None:
    workshop.service_type.owner_may_book = False
    with pytest.raises(NotAllowed):
        book()


def test_a_closed_day_takes_no_booking(book: Any, workshop: Workshop, now: datetime) -> None:
    closing.close_centre(by=None, centre=workshop.centre, starts_at=at("00:00"), ends_at=at("12:00"), now=now)
    with pytest.raises(Invalid, match=r".+") as refused:
        book("11:30")
    assert refused.value.code == "closed"
    assert book("12:00")


def test_a_move_onto_a_time_overlapping_the_old_one_works(book: Any, owner: User, now: datetime) -> None:
    appointment = book("08:30")
    moved = booking.move_appointment(by=owner, appointment=appointment, starts_at=at("08:45"), now=now)
    assert (moved.code, moved.starts_at, moved.version) == (appointment.code, at("08:45"), 1)
    assert resources(moved) == [("bay", False), ("technician", False), ("bay", True), ("technician", True)]


def test_a_move_that_fails_leaves_the_old_time_whole(book: Any, owner: User, now: datetime) -> None:
    appointment = book("08:30")
    other = UserFactory.create()
    book("10:00", by=other, vehicle=make_car(other))
    with pytest.raises(SlotTaken):
        booking.move_appointment(by=owner, appointment=appointment, starts_at=at("09:45"), now=now)
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.version) == (at("08:30"), 0)
    assert resources(appointment) == [("bay", True), ("technician", True)]


def test_a_car_cannot_be_moved_onto_its_own_other_visit(book: Any, owner: User, now: datetime) -> None:
    first = book("08:30")
    elsewhere = make_workshop()
    book("12:00", centre=elsewhere.centre, service_type=elsewhere.service_type)
    with pytest.raises(VehicleBusy):
        booking.move_appointment(by=owner, appointment=first, starts_at=at("11:45"), now=now)


def test_cancelling_frees_the_time_for_the_next(book: Any, owner: User, now: datetime) -> None:
    appointment = book("08:30")
    booking.cancel_appointment(by=owner, appointment=appointment, now=now)
    assert book("08:30").pk != appointment.pk


def test_after_the_cutoff_an_owner_calls_instead(book: Any, owner: User) -> None:
    appointment = book("08:30")
    late = at("08:30") - timedelta(hours=23)
    with pytest.raises(CutoffPassed, match="0000001"):
        booking.cancel_appointment(by=owner, appointment=appointment, now=late)
    with pytest.raises(CutoffPassed):
        booking.move_appointment(by=owner, appointment=appointment, starts_at=at("15:00"), now=late)


def test_what_is_cancelled_stays_cancelled(book: Any, owner: User, now: datetime) -> None:
    appointment = book()
    booking.cancel_appointment(by=owner, appointment=appointment, now=now)
    with pytest.raises(NotChangeable):
        booking.cancel_appointment(by=owner, appointment=appointment, now=now)
    with pytest.raises(NotChangeable):
        booking.move_appointment(by=owner, appointment=appointment, starts_at=at("15:00"), now=now)


def test_somebody_elses_appointment_does_not_exist(book: Any, now: datetime) -> None:
    appointment = book()
    stranger = UserFactory.create()
    with pytest.raises(NotFound):
        booking.cancel_appointment(by=stranger, appointment=appointment, now=now)
    with pytest.raises(NotFound):
        booking.move_appointment(by=stranger, appointment=appointment, starts_at=at("15:00"), now=now)


def test_nobody_is_told_a_time_that_no_longer_holds(
    book: Any, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    appointment = book("08:30")
    booking.move_appointment(by=owner, appointment=appointment, starts_at=at("15:00"), now=now)
    run_reactions()
    notice = Notice.objects.get(user=owner)
    assert (notice.kind, notice.params["time"]) == ("services.appointment_moved", "15:00")
    assert mail.outbox == []  # mail leaves through the outbox, not from here


def overlaps() -> tuple[int, int]:
    """Counted by a self-join, without help from the constraints."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT
              (SELECT count(*) FROM services_allocation x JOIN services_allocation y
                 ON x.resource_id = y.resource_id AND x.id < y.id AND x.active AND y.active
                 AND x.span && y.span AND (x.kind = 'visit' OR y.kind = 'visit')),
              (SELECT count(*) FROM services_appointment x JOIN services_appointment y
                 ON x.vehicle_id = y.vehicle_id AND x.id < y.id AND x.span && y.span
                 AND x.status NOT IN ('cancelled', 'no_show') AND y.status NOT IN ('cancelled', 'no_show'))"""
        )
        row = cursor.fetchone()
    return row[0], row[1]


def test_eight_who_want_one_time_make_one_visit(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    workshop = make_workshop()
    people = [UserFactory.create() for _n in range(8)]
    cars = [make_car(person) for person in people]

    def call(person: User, vehicle: Vehicle) -> Callable[[], Any]:
        return lambda: booking.book_appointment(
            by=person,
            vehicle=vehicle,
            centre=workshop.centre,
            plan=plan_for(workshop.service_type),
            starts_at=at("08:30"),
            now=now,
            early_start=True,
        )

    results = race([call(person, vehicle) for person, vehicle in zip(people, cars, strict=True)])
    assert sorted(type(result).__name__ for result in results) == ["Appointment", *["SlotTaken"] * 7]
    assert Appointment.objects.count() == 1
    assert Allocation.objects.filter(active=True).count() == 2
    assert overlaps() == (0, 0)


def test_one_car_at_two_centres_in_a_race_has_one_visit(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    person = UserFactory.create()
    vehicle = make_car(person)
    workshops = [make_workshop() for _n in range(2)]

    def call(workshop: Workshop) -> Callable[[], Any]:
        return lambda: booking.book_appointment(
            by=person,
            vehicle=vehicle,
            centre=workshop.centre,
            plan=plan_for(workshop.service_type),
            starts_at=at("08:30"),
            now=now,
            early_start=True,
        )

    results = race([call(workshop) for workshop in workshops] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Appointment", *["VehicleBusy"] * 3]
    assert overlaps() == (0, 0)


def test_moves_and_bookings_that_cross_never_overlap_nor_deadlock(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    workshop = make_workshop(technicians=2, bays=2)
    people = [UserFactory.create() for _n in range(4)]
    asked: dict[str, Any] = {
        "centre": workshop.centre,
        "plan": plan_for(workshop.service_type),
        "early_start": True,
        "now": now,
    }
    visits = [
        booking.book_appointment(by=person, vehicle=make_car(person), starts_at=at(clock), **asked)
        for person, clock in zip(people, ["08:30", "08:30", "10:00", "10:00"], strict=True)
    ]
    targets = ["10:15", "10:00", "08:30", "08:45"]

    def call(visit: Appointment, clock: str) -> Callable[[], Any]:
        return lambda: booking.move_appointment(
            by=visit.booked_by, appointment=visit, starts_at=at(clock), now=now
        )

    results = race([call(visit, clock) for visit, clock in zip(visits, targets, strict=True)])
    assert all(isinstance(result, Appointment | SlotTaken) for result in results), results
    assert overlaps() == (0, 0)
    assert Allocation.objects.filter(active=True).count() == 8
