"""A time is kept for somebody who decides: ten minutes, one at a time, never two people's."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from common.civil import BERLIN, instant
from common.errors import Invalid, NotFound
from services import live
from services.booking import availability, booking, holds
from services.errors import SlotTaken
from services.models import Allocation, Appointment, Hold
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, make_car, make_workshop, plan_for
from vehicles.models import Vehicle

THURSDAY = date(2026, 11, 26)


def at(clock: str) -> datetime:
    return instant(THURSDAY, time.fromisoformat(clock), BERLIN)


@pytest.fixture
def hold(workshop: Workshop, owner: User, car: Vehicle, now: datetime) -> Callable[..., Hold]:
    def call(clock: str = "08:30", **changed: Any) -> Hold:
        asked: dict[str, Any] = {
            "by": owner,
            "vehicle": car,
            "centre": workshop.centre,
            "plan": plan_for(workshop.service_type),
            "starts_at": at(clock),
            "now": now,
        }
        return holds.hold_time(**{**asked, **changed})

    return call


def free(workshop: Workshop, now: datetime, **more: Any) -> set[str]:
    slots = availability.free_slots(
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        first_day=THURSDAY,
        days=1,
        now=now,
        **more,
    )
    return {f"{slot.starts_at.astimezone(BERLIN):%H:%M}" for slot in slots}


def book(person: User, vehicle: Vehicle, workshop: Workshop, now: datetime) -> Appointment:
    return booking.book_appointment(
        by=person,
        vehicle=vehicle,
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("08:30"),
        early_start=True,
        now=now,
    )


def test_a_kept_time_is_free_for_its_keeper_only(hold: Any, workshop: Workshop, now: datetime) -> None:
    kept = hold()
    assert kept.expires_at == now + timedelta(minutes=10)
    assert "08:30" not in free(workshop, now)
    assert "08:30" in free(workshop, now, besides=kept.pk)


def test_others_lose_against_it_until_it_expires(hold: Any, workshop: Workshop, now: datetime) -> None:
    hold()
    other = UserFactory.create()
    theirs = make_car(other)
    with pytest.raises(SlotTaken):
        book(other, theirs, workshop, now)
    late = now + timedelta(minutes=10)
    assert "08:30" in free(workshop, late)
    assert book(other, theirs, workshop, late).starts_at == at("08:30")


def test_whoever_keeps_it_books_it_and_nothing_is_kept_any_more(
    hold: Any, owner: User, car: Vehicle, workshop: Workshop, now: datetime
) -> None:
    kept = hold()
    appointment = book(owner, car, workshop, now)
    kept.refresh_from_db()
    assert kept.state == Hold.State.BOOKED
    assert not Allocation.objects.filter(kind="hold", active=True).exists()
    assert appointment.allocations.filter(active=True).count() == 2


def test_an_expired_time_that_is_still_free_is_booked_all_the_same(
    hold: Any, owner: User, car: Vehicle, workshop: Workshop, now: datetime
) -> None:
    hold()
    assert book(owner, car, workshop, now + timedelta(minutes=30))


def test_choosing_another_time_gives_the_first_back(hold: Any, workshop: Workshop, now: datetime) -> None:
    first = hold("08:30")
    hold("10:00")
    first.refresh_from_db()
    assert first.state == Hold.State.RELEASED
    assert "08:30" in free(workshop, now)
    assert "10:00" not in free(workshop, now)
    assert Hold.objects.filter(state=Hold.State.OPEN).count() == 1


def test_asking_again_prolongs_nothing(hold: Any, now: datetime) -> None:
    first = hold()
    again = hold(now=now + timedelta(minutes=5))
    assert (again.pk, again.expires_at) == (first.pk, first.expires_at)


def test_a_time_is_given_back_once_and_by_its_keeper(
    hold: Any, owner: User, workshop: Workshop, now: datetime
) -> None:
    kept = hold()
    with pytest.raises(NotFound):
        holds.release_hold(by=UserFactory.create(), hold_id=kept.pk, now=now)
    holds.release_hold(by=owner, hold_id=kept.pk, now=now)
    holds.release_hold(by=owner, hold_id=kept.pk, now=now)
    assert "08:30" in free(workshop, now)


def test_a_failed_choice_keeps_the_time_before(hold: Any, workshop: Workshop, now: datetime) -> None:
    first = hold("08:30")
    other = UserFactory.create()
    holds.hold_time(
        by=other,
        vehicle=make_car(other),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("10:00"),
        now=now,
    )
    with pytest.raises(SlotTaken):
        hold("10:00")
    with pytest.raises(Invalid):
        hold("10:07")
    first.refresh_from_db()
    assert first.state == Hold.State.OPEN
    assert "08:30" not in free(workshop, now)


def test_the_end_is_written_down_and_told_once(
    hold: Any,
    workshop: Workshop,
    now: datetime,
    pushed_by: Callable[..., list[tuple[str, str]]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    kept = hold()
    topic = live.hold_topic(kept.pk)

    def sweep(at: datetime) -> list[tuple[str, str]]:
        def act() -> None:
            with django_capture_on_commit_callbacks(execute=True):
                holds.expire_holds(now=at)

        return pushed_by(act, topic)

    late = now + timedelta(minutes=10)
    assert sweep(now) == []
    assert sweep(late) == [(topic, "hold.expired")]
    assert sweep(late) == []
    kept.refresh_from_db()
    assert kept.state == Hold.State.EXPIRED


def test_only_the_keeper_hears_of_its_end(hold: Any, owner: User) -> None:
    topic = live.hold_topic(hold().pk)
    assert live.may_watch_hold(owner, topic)
    assert not live.may_watch_hold(UserFactory.create(), topic)


def test_eight_who_choose_one_time_leave_one_keeper(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    workshop = make_workshop()
    plan = plan_for(workshop.service_type)
    people = [UserFactory.create() for _n in range(8)]
    cars = [make_car(person) for person in people]

    def call(person: User, vehicle: Vehicle) -> Callable[[], Any]:
        return lambda: holds.hold_time(
            by=person, vehicle=vehicle, centre=workshop.centre, plan=plan, starts_at=at("08:30"), now=now
        )

    results = race([call(person, vehicle) for person, vehicle in zip(people, cars, strict=True)])
    assert sorted(type(result).__name__ for result in results) == ["Hold", *["SlotTaken"] * 7]
    assert Allocation.objects.filter(kind="hold", active=True).count() == 2


def test_two_windows_of_one_person_keep_one_time(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    workshop = make_workshop(technicians=2, bays=2)
    person = UserFactory.create()
    vehicle = make_car(person)
    plan = plan_for(workshop.service_type)

    def call(clock: str) -> Callable[[], Any]:
        return lambda: holds.hold_time(
            by=person, vehicle=vehicle, centre=workshop.centre, plan=plan, starts_at=at(clock), now=now
        )

    results = race([call(clock) for clock in ("08:30", "10:00", "11:00", "14:00")])
    assert {type(result).__name__ for result in results} == {"Hold"}
    assert Hold.objects.filter(state=Hold.State.OPEN).count() == 1
    assert Allocation.objects.filter(kind="hold", active=True).count() == 2
