"""Waiting for an earlier time: offered in turn, kept for two waking hours, taken by one person only."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from common.civil import BERLIN
from common.errors import Conflict, NotFound
from services.booking import booking, holds, waitlist
from services.errors import CutoffPassed
from services.models import Allocation, Appointment, Hold, WaitlistEntry
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, coming_thursday, make_workshop
from tests.services.waiting import TUESDAY, at, booked, fill, waiting

State = WaitlistEntry.State


@pytest.fixture
def full(workshop: Workshop, now: datetime) -> list[Appointment]:
    """Everything until Tuesday morning is taken, so that only what comes free can be offered."""
    return fill(workshop, now)


def test_waiting_twice_is_as_good_as_once(workshop: Workshop, now: datetime) -> None:
    visit = waiting(workshop, now)
    waitlist.join(by=visit.booked_by, appointment=visit, now=now)
    assert WaitlistEntry.objects.count() == 1


def test_nobody_waits_with_another_s_visit(workshop: Workshop, now: datetime) -> None:
    visit = booked(workshop, at("09:00", TUESDAY), now)
    with pytest.raises(NotFound):
        waitlist.join(by=UserFactory.create(), appointment=visit, now=now)
    with pytest.raises(NotFound):
        waitlist.leave(by=UserFactory.create(), appointment=visit, now=now)


def test_it_is_too_late_to_wait_after_the_cut_off(workshop: Workshop, now: datetime) -> None:
    visit = booked(workshop, at("09:00"), now)
    with pytest.raises(CutoffPassed):
        waitlist.join(by=visit.booked_by, appointment=visit, now=at("10:00", date(2026, 11, 25)))


def test_what_is_cancelled_goes_to_the_first_in_line(
    workshop: Workshop, full: list[Appointment], now: datetime
) -> None:
    first = waiting(workshop, now)
    second = waiting(workshop, now + timedelta(minutes=1), "09:45")
    assert waitlist.offer_what_is_free(centre=workshop.centre, now=now) == []
    booking.cancel_appointment(by=full[0].booked_by, appointment=full[0], now=now)
    (hold,) = waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    assert (hold.user, hold.span.lower) == (first.booked_by, at("09:00"))
    assert waitlist.offer_for(second, now) is None
    moved = waitlist.accept(by=first.booked_by, hold_id=hold.pk, now=now)
    assert moved.starts_at == at("09:00")
    assert WaitlistEntry.objects.get(appointment=first).state == State.TAKEN
    # What it leaves behind lies before the second's own time no more than it did.
    held = Allocation.objects.filter(appointment=first, active=True)
    assert {row.span.lower for row in held} == {at("09:00")}


def test_who_declines_keeps_waiting_and_the_next_is_asked(
    workshop: Workshop, full: list[Appointment], now: datetime
) -> None:
    first = waiting(workshop, now)
    second = waiting(workshop, now + timedelta(minutes=1), "09:45")
    booking.cancel_appointment(by=full[0].booked_by, appointment=full[0], now=now)
    (hold,) = waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    waitlist.decline(by=first.booked_by, hold_id=hold.pk, now=now)
    (next_one,) = waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    assert (next_one.user, next_one.span.lower) == (second.booked_by, at("09:00"))
    assert WaitlistEntry.objects.get(appointment=first).state == State.WAITING


def test_an_unanswered_offer_goes_on_to_the_next(
    workshop: Workshop, full: list[Appointment], now: datetime
) -> None:
    first = waiting(workshop, now)
    second = waiting(workshop, now + timedelta(minutes=1), "09:45")
    booking.cancel_appointment(by=full[0].booked_by, appointment=full[0], now=now)
    (hold,) = waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    later = hold.expires_at
    waitlist.expire_and_offer(now=later)
    offered = waitlist.offer_for(second, later)
    assert offered is not None
    assert offered.span.lower == at("09:00")
    with pytest.raises(Conflict):
        waitlist.accept(by=first.booked_by, hold_id=hold.pk, now=later)
    first.refresh_from_db()
    assert first.starts_at == at("09:00", TUESDAY)


@pytest.mark.parametrize(
    ("made", "until"),
    [
        ("10:00", "2026-11-24T12:00+01:00"),
        ("19:30", "2026-11-25T09:30+01:00"),
        ("22:00", "2026-11-25T10:00+01:00"),
        ("05:00", "2026-11-24T10:00+01:00"),
    ],
)
def test_an_offer_is_not_over_before_people_are_up(made: str, until: str) -> None:
    moment = at(made, date(2026, 11, 24))
    assert waitlist.answer_until(moment, BERLIN) == datetime.fromisoformat(until)


def test_another_s_offer_is_nobody_s_business(
    workshop: Workshop, full: list[Appointment], now: datetime
) -> None:
    waiting(workshop, now)
    booking.cancel_appointment(by=full[0].booked_by, appointment=full[0], now=now)
    (hold,) = waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    for deed in (waitlist.accept, waitlist.decline):
        with pytest.raises(NotFound):
            deed(by=UserFactory.create(), hold_id=hold.pk, now=now)


def test_leaving_gives_an_open_offer_back(workshop: Workshop, full: list[Appointment], now: datetime) -> None:
    visit = waiting(workshop, now)
    booking.cancel_appointment(by=full[0].booked_by, appointment=full[0], now=now)
    waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    waitlist.leave(by=visit.booked_by, appointment=visit, now=now)
    assert not Allocation.objects.filter(kind="hold", active=True).exists()
    assert waitlist.open_entry(visit) is None


def test_a_cancelled_visit_waits_for_nothing(workshop: Workshop, now: datetime) -> None:
    visit = waiting(workshop, now)
    booking.cancel_appointment(by=visit.booked_by, appointment=visit, now=now)
    waitlist.keep_sensible(appointment=visit, now=now)
    assert WaitlistEntry.objects.get().state == State.ENDED


def test_a_visit_moved_by_hand_to_an_earlier_time_needs_no_later_offer(
    workshop: Workshop, full: list[Appointment], now: datetime
) -> None:
    visit = waiting(workshop, now)
    for other in full:
        booking.cancel_appointment(by=other.booked_by, appointment=other, now=now)
    (hold,) = waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    holds.end_hold(hold, Hold.State.RELEASED)
    Hold.objects.filter(pk=hold.pk).update(state=Hold.State.OPEN)
    moved = booking.move_appointment(by=visit.booked_by, appointment=visit, starts_at=at("09:00"), now=now)
    waitlist.keep_sensible(appointment=moved, now=now)
    assert waitlist.offer_for(visit, now) is None
    assert WaitlistEntry.objects.get().state == State.WAITING


def test_the_person_is_told_and_moves_with_one_click(
    client: Client,
    workshop: Workshop,
    owner: User,
    run_reactions: Callable[[], int],
) -> None:
    """By page, on the real clock: somebody cancels, the reaction offers, the person accepts."""
    now, thursday = timezone.now(), coming_thursday()
    workshop.centre.opening_hours.exclude(weekday=4).delete()
    workshop.centre.opening_hours.update(opens=time(9), closes=time(9, 45))
    taken = booked(workshop, at("09:00", thursday), now)
    mine = booked(workshop, at("09:00", thursday + timedelta(days=7)), now, owner)
    client.force_login(owner)
    client.post(reverse("services:waitlist-join", args=[mine.pk]))
    # On some weekdays another Thursday lies before the coming one.
    WaitlistEntry.objects.update(not_before=thursday)
    booking.cancel_appointment(by=taken.booked_by, appointment=taken, now=now)
    run_reactions()
    assert Notice.objects.filter(user=owner, kind="services.time_offered").count() == 1
    page = client.get(reverse("services:appointment-detail", args=[mine.pk])).content.decode()
    offer = waitlist.offer_for(mine, timezone.now())
    assert offer is not None
    address = reverse("services:offer-accept", args=[offer.pk])
    assert address in page
    client.post(address)
    mine.refresh_from_db()
    assert mine.starts_at == at("09:00", thursday)


def test_only_one_worker_offers_a_time_and_nobody_gets_it_twice(
    committing_db: None, now: datetime, race: Callable[..., list[Any]]
) -> None:
    workshop = make_workshop()
    full = fill(workshop, now)
    for minute, clock in enumerate(("09:00", "09:45")):
        waiting(workshop, now + timedelta(minutes=minute), clock)
    booking.cancel_appointment(by=full[0].booked_by, appointment=full[0], now=now)
    race([lambda: waitlist.offer_what_is_free(centre=workshop.centre, now=now)] * 4)
    assert Hold.objects.filter(state="open").count() == 1


def test_taking_an_offer_races_with_declining_and_its_end(
    committing_db: None, now: datetime, race: Callable[..., list[Any]]
) -> None:
    workshop = make_workshop()
    full = fill(workshop, now)
    visit = waiting(workshop, now)
    booking.cancel_appointment(by=full[0].booked_by, appointment=full[0], now=now)
    (hold,) = waitlist.offer_what_is_free(centre=workshop.centre, now=now)
    mine: dict[str, Any] = {"by": visit.booked_by, "hold_id": hold.pk, "now": now}
    race(
        [
            lambda: waitlist.accept(**mine),
            lambda: waitlist.decline(**mine),
            lambda: waitlist.expire_and_offer(now=hold.expires_at),
            lambda: waitlist.accept(**mine),
        ]
    )
    visit.refresh_from_db()
    entry = WaitlistEntry.objects.get()
    taken = visit.starts_at == at("09:00")
    assert taken == (entry.state == State.TAKEN)
    standing = Allocation.objects.filter(appointment=visit, active=True)
    assert {row.span.lower for row in standing} == {visit.starts_at}
