"""Whatever comes free is offered to those who wait, however it came free."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from accounts.models import User
from services.booking import booking, holds, waitlist
from services.centres import absences, closing
from services.models import Appointment, Hold, Resource, WaitlistEntry
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, coming_thursday, make_car, plan_for
from tests.services.waiting import at, booked

WEEK = timedelta(days=7)


@pytest.fixture
def thursday() -> date:
    """Reactions go by the real clock."""
    return coming_thursday()


@pytest.fixture
def since(thursday: date) -> datetime:
    return at("08:00", thursday - WEEK)


@pytest.fixture
def visit(workshop: Workshop, thursday: date, since: datetime) -> Appointment:
    """Waits for the only time of the week before."""
    workshop.centre.opening_hours.exclude(weekday=4).delete()
    workshop.centre.opening_hours.update(opens=time(9), closes=time(9, 45))
    mine = booked(workshop, at("09:00", thursday + WEEK), since)
    waitlist.join(by=mine.booked_by, appointment=mine, now=since)
    # On some weekdays another Thursday lies before the coming one.
    WaitlistEntry.objects.update(not_before=thursday)
    return mine


@pytest.fixture
def kept(workshop: Workshop, visit: Appointment, thursday: date, since: datetime) -> Hold:
    """Somebody thinks about the only earlier time."""
    return keep(workshop, UserFactory.create(), thursday, since)


def keep(workshop: Workshop, person: User, day: date, now: datetime) -> Hold:
    return holds.hold_time(
        by=person,
        vehicle=make_car(person),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("09:00", day),
        now=now,
    )


def offered() -> set[datetime]:
    return {hold.span.lower for hold in Hold.objects.filter(purpose="offer", state="open")}


def test_a_time_given_back(
    kept: Hold, thursday: date, since: datetime, run_reactions: Callable[[], int]
) -> None:
    holds.release_hold(by=kept.user, hold_id=kept.pk, now=since)
    run_reactions()
    assert offered() == {at("09:00", thursday)}


def test_a_time_left_for_another(
    workshop: Workshop, kept: Hold, thursday: date, since: datetime, run_reactions: Callable[[], int]
) -> None:
    keep(workshop, kept.user, thursday + 2 * WEEK, since)
    run_reactions()
    assert offered() == {at("09:00", thursday)}


def test_a_time_kept_too_long(kept: Hold, thursday: date) -> None:
    waitlist.expire_and_offer(now=kept.expires_at)
    assert offered() == {at("09:00", thursday)}


def test_a_visit_moved_away(
    workshop: Workshop,
    visit: Appointment,
    thursday: date,
    since: datetime,
    run_reactions: Callable[[], int],
) -> None:
    other = booked(workshop, at("09:00", thursday), since)
    booking.move_appointment(
        by=other.booked_by, appointment=other, starts_at=at("09:00", thursday + 2 * WEEK), now=since
    )
    run_reactions()
    assert offered() == {at("09:00", thursday)}


def test_a_centre_opened_again(
    workshop: Workshop,
    visit: Appointment,
    thursday: date,
    since: datetime,
    staff: User,
    run_reactions: Callable[[], int],
) -> None:
    day = (at("00:00", thursday), at("23:00", thursday))
    closure = closing.close_centre(
        by=staff, centre=workshop.centre, starts_at=day[0], ends_at=day[1], now=since
    )
    run_reactions()
    assert offered() == set()
    closing.reopen_centre(by=staff, closure=closure, now=since)
    run_reactions()
    assert offered() == {at("09:00", thursday)}


def test_a_technician_who_comes_after_all(
    workshop: Workshop,
    visit: Appointment,
    thursday: date,
    since: datetime,
    staff: User,
    run_reactions: Callable[[], int],
) -> None:
    for person in Resource.objects.filter(centre=workshop.centre, kind="technician"):
        away = absences.enter_absence(
            by=staff,
            resource=person,
            starts_at=at("00:00", thursday),
            ends_at=at("23:00", thursday),
            reason="leave",
            now=since,
        ).absence
    absences.cancel_absence(by=staff, absence=away, now=since)
    run_reactions()
    assert offered() == {at("09:00", thursday)}


def test_what_makes_no_news_is_found_by_the_periodic_look(
    visit: Appointment, thursday: date, since: datetime
) -> None:
    (hold,) = waitlist.offer_everywhere(now=since)
    assert (hold.user, hold.span.lower) == (visit.booked_by, at("09:00", thursday))
    assert waitlist.offer_everywhere(now=since) == []


def test_whoever_stands_behind_people_that_nothing_suits_is_reached(
    workshop: Workshop,
    visit: Appointment,
    thursday: date,
    since: datetime,
) -> None:
    WaitlistEntry.objects.filter(appointment=visit).update(not_before=thursday + timedelta(days=1))
    behind = booked(workshop, at("09:00", thursday + 2 * WEEK), since)
    waitlist.join(by=behind.booked_by, appointment=behind, now=since + timedelta(minutes=1))
    later = since + timedelta(minutes=1)
    assert waitlist.offer_what_is_free(centre=workshop.centre, now=later, at_most=1) == []
    (hold,) = waitlist.offer_everywhere(now=later)
    assert hold.user == behind.booked_by


def test_an_offer_whose_end_nobody_noted_does_not_end_the_waiting(
    visit: Appointment, thursday: date, since: datetime
) -> None:
    """A worker that dies between the two leaves an entry with an offer that is over."""
    (hold,) = waitlist.offer_everywhere(now=since)
    holds.expire_holds(now=hold.expires_at)
    waitlist.expire_and_offer(now=hold.expires_at)
    assert WaitlistEntry.objects.get().state == WaitlistEntry.State.WAITING


def test_a_time_that_nobody_waits_for_is_given_back_without_news(
    workshop: Workshop, thursday: date, since: datetime, run_reactions: Callable[[], int]
) -> None:
    kept = keep(workshop, UserFactory.create(), thursday, since)
    holds.release_hold(by=kept.user, hold_id=kept.pk, now=since)
    assert run_reactions() == 0
