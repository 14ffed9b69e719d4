"""What becomes of a car's coming visits when it changes hands, or a guest loses access."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Notice, User
from common.civil import BERLIN, instant
from common.errors import DomainError, NotFound
from journal.models import Event
from services import live
from services.booking import booking
from services.desk import workday
from services.models import Allocation, Appointment
from services.visits import departures
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, make_car, make_workshop, plan_for
from tests.factories.vehicles import share
from vehicles import ownership, sharing, transfers
from vehicles.models import Vehicle

THURSDAY = date(2026, 11, 26)
SOON = timedelta(minutes=5)


def at(clock: str, day: date = THURSDAY) -> datetime:
    return instant(day, time.fromisoformat(clock), BERLIN)


@pytest.fixture
def heir(db: None) -> User:
    return UserFactory.create(first_name="Jonas", last_name="Berg")


def book(workshop: Workshop, by: User, vehicle: Vehicle, now: datetime, clock: str = "08:30") -> Appointment:
    return booking.book_appointment(
        by=by,
        vehicle=vehicle,
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at(clock),
        now=now,
        early_start=True,
    )


def transfer(vehicle: Vehicle, old: User, new: User, now: datetime) -> None:
    offer = transfers.offer_transfer(by=old, vehicle=vehicle, email=str(new.email), now=now)
    transfers.answer_transfer(by=new, transfer=offer, accept=True, now=now)


def test_a_transfer_cancels_the_visit_of_the_owner_who_leaves_and_frees_its_time(
    workshop: Workshop, owner: User, car: Vehicle, heir: User, now: datetime, run_reactions: Any
) -> None:
    visit = book(workshop, owner, car, now)
    transfer(car, owner, heir, now + SOON)
    run_reactions()
    visit.refresh_from_db()
    assert (visit.status, visit.version) == ("cancelled", 1)
    assert not Allocation.objects.filter(appointment=visit, active=True).exists()
    assert book(workshop, heir, car, now + 2 * SOON).status == "booked"


def test_both_are_told_and_the_new_owner_learns_nothing_of_the_visit(
    workshop: Workshop,
    owner: User,
    car: Vehicle,
    heir: User,
    now: datetime,
    run_reactions: Any,
    deliver_outbox: Any,
) -> None:
    visit = book(workshop, owner, car, now)
    transfer(car, owner, heir, now + SOON)
    run_reactions()
    told = Notice.objects.get(user=owner, kind="services.appointment_cancelled.car_given_up")
    assert told.params["code"] == visit.code
    assert told.url == "", "the page of the visit no longer exists for its booker"
    word = Notice.objects.get(user=heir, kind__startswith="services.")
    assert word.kind == "services.visits_not_taken_over"
    assert word.params == {"car": "N5"}
    assert word.url == f"{reverse('services:book')}?vehicle={car.pk}"
    event = Event.objects.get(kind="services.appointment_cancelled")
    assert event.data["reason"] == "car_given_up"
    assert list(event.audience.values_list("user", flat=True)) == [owner.pk]
    deliver_outbox()
    assert [letter.to for letter in mail.outbox if "abgesagt" in letter.subject] == [[owner.email]]


def test_reactions_that_run_again_cancel_and_tell_once(
    workshop: Workshop, owner: User, car: Vehicle, heir: User, now: datetime, run_reactions: Any
) -> None:
    book(workshop, owner, car, now)
    transfer(car, owner, heir, now + SOON)
    run_reactions()
    left = departures.cancel_visits_left_behind(vehicle_id=car.pk, owner_after_id=heir.pk, at=now + SOON)
    assert left == []
    assert Event.objects.filter(kind="services.appointment_cancelled").count() == 1


def test_a_released_car_keeps_no_visit(
    workshop: Workshop, owner: User, car: Vehicle, now: datetime, run_reactions: Any
) -> None:
    visit = book(workshop, owner, car, now)
    ownership.release_vehicle(by=owner, vehicle=car, now=now + SOON)
    run_reactions()
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert Notice.objects.filter(user=owner, kind="services.appointment_cancelled.car_given_up").exists()


def test_the_visit_of_a_guest_ends_with_the_owner_who_gave_access(
    workshop: Workshop, owner: User, car: Vehicle, heir: User, now: datetime, run_reactions: Any
) -> None:
    guest = UserFactory.create()
    share(car, guest, rights=["service"])
    visit = book(workshop, guest, car, now)
    transfer(car, owner, heir, now + SOON)
    run_reactions()
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert Notice.objects.filter(user=guest, kind="services.appointment_cancelled.car_given_up").exists()
    assert not Notice.objects.filter(user=owner, kind__startswith="services.appointment_cancelled").exists()


def test_what_the_new_owner_booked_stays(
    workshop: Workshop, owner: User, car: Vehicle, heir: User, now: datetime, run_reactions: Any
) -> None:
    share(car, heir, rights=["service"])
    before = book(workshop, heir, car, now)
    transfer(car, owner, heir, now + SOON)
    after = book(workshop, heir, car, now + 2 * SOON, clock="10:00")
    run_reactions()
    assert list(Appointment.objects.standing().order_by("pk")) == [before, after]
    assert not Notice.objects.filter(kind="services.visits_not_taken_over").exists()


def test_a_car_that_is_in_the_workshop_stays_there(
    workshop: Workshop, owner: User, staff: User, car: Vehicle, heir: User, now: datetime, run_reactions: Any
) -> None:
    visit = book(workshop, owner, car, now)
    workday.take_step(by=staff, appointment=visit, status=Appointment.Status.ARRIVED, now=at("08:25"))
    transfer(car, owner, heir, now + SOON)
    run_reactions()
    visit.refresh_from_db()
    assert visit.status == "arrived"


def test_the_staff_s_day_list_hears_of_it_at_once(
    workshop: Workshop,
    owner: User,
    car: Vehicle,
    now: datetime,
    pushed_by: Any,
    run_reactions: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    book(workshop, owner, car, now)
    ownership.release_vehicle(by=owner, vehicle=car, now=now + SOON)

    def react() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            run_reactions()

    topic = live.day_topic(workshop.centre.pk, THURSDAY)
    assert (topic, "services.appointment_cancelled") in pushed_by(react, topic)


@pytest.mark.parametrize("ended_by", ["owner", "guest"])
def test_the_visit_of_a_guest_who_loses_access_stays_and_its_owner_sees_it(
    workshop: Workshop,
    owner: User,
    car: Vehicle,
    now: datetime,
    run_reactions: Any,
    ended_by: str,
) -> None:
    guest = UserFactory.create(first_name="Mara", last_name="Lund")
    access = share(car, guest, rights=["service"])
    visit = book(workshop, guest, car, now)
    sharing.revoke_share(by=owner if ended_by == "owner" else guest, share=access, now=now + SOON)
    run_reactions()
    visit.refresh_from_db()
    assert visit.status == "booked"
    told = Notice.objects.get(user=owner, kind="services.guest_visit_stays")
    assert told.params["who"] == "Mara Lund"
    assert told.url == reverse("services:appointment-detail", args=[visit.pk])
    later = now + 2 * SOON
    assert Appointment.objects.visible_to(owner, later).get() == visit
    assert not Appointment.objects.visible_to(guest, later).exists()
    booking.move_appointment(by=owner, appointment=visit, starts_at=at("10:00"), now=later)


def test_access_that_ends_without_a_visit_needs_no_word(
    owner: User, car: Vehicle, now: datetime, run_reactions: Any
) -> None:
    access = share(car, UserFactory.create(), rights=["service"])
    sharing.revoke_share(by=owner, share=access, now=now)
    run_reactions()
    assert not Notice.objects.filter(kind="services.guest_visit_stays").exists()


def test_a_request_that_waited_for_the_lock_books_nothing_for_a_car_that_is_gone(
    workshop: Workshop, owner: User, car: Vehicle, heir: User, now: datetime
) -> None:
    transfer(car, owner, heir, now)
    with pytest.raises(NotFound):
        book(workshop, owner, car, now - SOON)  # sent before, reached the database after
    assert not Appointment.objects.exists()


def test_nor_for_a_guest_whose_access_was_just_revoked(
    workshop: Workshop, owner: User, car: Vehicle, now: datetime
) -> None:
    guest = UserFactory.create()
    access = share(car, guest, rights=["service"])
    sharing.revoke_share(by=owner, share=access, now=now)
    with pytest.raises(NotFound):
        book(workshop, guest, car, now - SOON)


def test_a_transfer_and_a_booking_at_the_same_moment_leave_no_visit_behind(
    committing_db: None, race: Callable[..., list[Any]], run_reactions: Callable[[], int], now: datetime
) -> None:
    workshop = make_workshop(technicians=4, bays=4)
    pairs = [(UserFactory.create(), UserFactory.create()) for _n in range(4)]
    calls: list[Callable[[], Any]] = []
    for old, new in pairs:
        car = make_car(old)
        offer = transfers.offer_transfer(by=old, vehicle=car, email=str(new.email), now=now)

        def accept(new: User = new, offer: Any = offer) -> Any:
            return transfers.answer_transfer(by=new, transfer=offer, accept=True, now=now + SOON)

        def reserve(old: User = old, car: Vehicle = car) -> Any:
            return book(workshop, old, car, now)

        calls += [accept, reserve]
    results = race(calls)
    failed = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, DomainError) for error in failed), failed
    assert [type(result).__name__ for result in results[::2]] == ["Transfer"] * 4
    run_reactions()
    assert not Appointment.objects.standing().exists()
    assert not Allocation.objects.filter(active=True).exists()
