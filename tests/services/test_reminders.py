"""Reminders: a day before, exactly once for each time that holds, none for an old time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import Notice, User
from journal.models import Event, ReactionRun
from services.booking import booking
from services.models import Appointment
from services.visits import reminders
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, make_car

START = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)  # 08:30 in Berlin
BEFORE = START - timedelta(hours=24)
KIND = "services.visit_reminded"


@pytest.fixture
def visit(owner: User) -> Appointment:
    return AppointmentFactory.create(vehicle=make_car(owner), booked_by=owner, starts_at=START)


def move(visit: Appointment, to: datetime) -> None:
    visit.span = DateTimeTZRange(to, to + timedelta(minutes=45), "[)")
    visit.version += 1
    visit.save(update_fields=["span", "version"])


def told(user: User) -> list[str]:
    return [n.params["starts_at"] for n in Notice.objects.filter(user=user, kind=KIND).order_by("pk")]


def test_an_owner_is_reminded_once_a_day_before(
    visit: Appointment, owner: User, run_reactions: Callable[[], int]
) -> None:
    assert reminders.remind_due(now=BEFORE - timedelta(minutes=1)) == 0
    assert reminders.remind_due(now=BEFORE) == 1
    assert reminders.remind_due(now=BEFORE + timedelta(minutes=5)) == 0
    run_reactions()
    assert told(owner) == [START.isoformat()]
    notice = Notice.objects.get(user=owner, kind=KIND)
    assert (notice.params["day"], notice.params["time"]) == ("26.11.2026", "08:30")
    assert notice.url == f"/service/appointments/{visit.pk}/"


def test_a_moved_visit_is_reminded_of_its_new_time_only(
    visit: Appointment, owner: User, run_reactions: Callable[[], int]
) -> None:
    later = START + timedelta(days=2)
    move(visit, later)
    assert reminders.remind_due(now=BEFORE) == 0
    assert reminders.remind_due(now=later - timedelta(hours=20)) == 1
    run_reactions()
    assert told(owner) == [later.isoformat()]


def test_a_visit_moved_after_its_reminder_is_reminded_again(
    visit: Appointment, owner: User, run_reactions: Callable[[], int]
) -> None:
    reminders.remind_due(now=BEFORE)
    run_reactions()
    later = START + timedelta(days=2)
    move(visit, later)
    reminders.remind_due(now=later - timedelta(hours=1))
    run_reactions()
    assert told(owner) == [START.isoformat(), later.isoformat()]


def test_a_worker_killed_before_the_notice_tells_nothing_of_a_time_that_passed_away(
    visit: Appointment, owner: User, run_reactions: Callable[[], int]
) -> None:
    reminders.remind_due(now=BEFORE)  # killed here: committed, nobody told yet
    move(visit, START + timedelta(days=2))
    run_reactions()
    assert told(owner) == []
    assert reminders.remind_due(now=START + timedelta(days=1, hours=3)) == 1
    run_reactions()
    assert told(owner) == [(START + timedelta(days=2)).isoformat()]


def test_a_reaction_that_runs_twice_tells_once(
    visit: Appointment, owner: User, run_reactions: Callable[[], int]
) -> None:
    reminders.remind_due(now=BEFORE)
    run_reactions()
    event = Event.objects.get(kind=KIND)
    ReactionRun.objects.filter(event=event).update(state="open", done_at=None)
    run_reactions()
    assert told(owner) == [START.isoformat()]


@pytest.mark.parametrize("status", ["cancelled", "no_show", "arrived", "done"])
def test_nobody_is_reminded_of_what_does_not_come(
    visit: Appointment, owner: User, status: str, run_reactions: Callable[[], int]
) -> None:
    reminders.remind_due(now=BEFORE)
    Appointment.objects.filter(pk=visit.pk).update(status=status)
    run_reactions()
    assert told(owner) == []
    Appointment.objects.filter(pk=visit.pk).update(reminded_start=None)
    assert reminders.remind_due(now=BEFORE) == 0


def test_who_booked_for_so_soon_has_just_read_the_confirmation(visit: Appointment) -> None:
    Appointment.objects.filter(pk=visit.pk).update(created_at=START - timedelta(hours=23))
    assert reminders.remind_due(now=START - timedelta(hours=22)) == 0


def test_a_reminder_held_by_quiet_hours_says_nothing_once_the_visit_was_moved(
    visit: Appointment, owner: User, run_reactions: Callable[[], int]
) -> None:
    reminders.remind_due(now=BEFORE)
    run_reactions()
    notice = Notice.objects.get(user=owner, kind=KIND)
    assert reminders.still_holds(notice, BEFORE)
    move(visit, START + timedelta(days=1))
    assert not reminders.still_holds(notice, BEFORE)
    assert not reminders.still_holds(notice, START + timedelta(hours=1))


@pytest.mark.parametrize(("cancelled", "mails"), [(False, 1), (True, 0)])
def test_its_mail_stays_here_when_the_visit_was_cancelled_meanwhile(
    owner: User,
    cancelled: bool,
    mails: int,
    run_reactions: Callable[[], int],
    deliver_outbox: Callable[[], int],
) -> None:
    now = timezone.now()  # the door asks the clock
    visit = AppointmentFactory.create(
        vehicle=make_car(owner),
        booked_by=owner,
        starts_at=now + timedelta(hours=23),
        created_at=now - timedelta(days=9),
    )
    assert reminders.remind_due(now=now) == 1
    run_reactions()
    if cancelled:
        booking.call_off(Appointment.objects.get(pk=visit.pk))
    deliver_outbox()
    assert len(mail.outbox) == mails


def test_two_workers_at_once_write_one_reminder(committing_db: None, race: Callable[..., list[Any]]) -> None:
    owner = UserFactory.create()
    for number in range(3):
        AppointmentFactory.create(
            vehicle=make_car(owner), booked_by=owner, starts_at=START + timedelta(hours=number)
        )
    now = START - timedelta(hours=3)
    assert sum(race([lambda: reminders.remind_due(now=now)] * 4)) == 3
    assert Event.objects.filter(kind=KIND).count() == 3


def test_looking_for_what_is_due_is_one_query(
    visit: Appointment, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    assert count_queries(lambda: reminders.remind_due(now=BEFORE - timedelta(days=3))) == 1
