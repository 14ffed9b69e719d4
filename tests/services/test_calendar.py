"""Visits in calendars: the same instant everywhere, a UID that stays, an address that only its person has."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from accounts.models import User
from common.civil import BERLIN, instant
from common.errors import NotFound
from services.booking import booking
from services.models import Appointment, CalendarFeed
from services.visits import calendar
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, Workshop, coming_thursday, make_car, plan_for
from vehicles.models import Vehicle


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return booking.book_appointment(
        by=owner,
        vehicle=car,
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("08:30"),
        now=timezone.now(),
        early_start=True,
    )


def events_in(content: bytes) -> list[Any]:
    book = Calendar.from_ical(content)
    assert not book.errors
    found = [row for row in book.walk("VEVENT") if isinstance(row, Event)]
    assert all(not row.errors for row in found)
    return found


def read(feed: CalendarFeed) -> list[Any]:
    return events_in(calendar.read_feed(feed=feed, now=timezone.now()).content)


def path_of(feed: CalendarFeed) -> str:
    return reverse("services:calendar-feed", args=[calendar.token_of(feed)])


def test_a_file_of_a_visit_is_valid_and_says_where_and_when(visit: Appointment) -> None:
    file = calendar.file_of(visit, language="de")
    [event] = events_in(file.content)
    book = Calendar.from_ical(file.content)
    assert (book["METHOD"], book["VERSION"]) == ("PUBLISH", "2.0")
    assert event["DTSTART"].dt == at("08:30").astimezone(UTC)
    assert event["DTEND"].dt == at("09:15").astimezone(UTC)
    assert event["STATUS"] == "CONFIRMED"
    assert visit.centre.street in event["LOCATION"]
    assert "Räderwechsel mit Einlagerung" in event["SUMMARY"]
    assert {"UID", "DTSTAMP", "ORGANIZER", "SEQUENCE"} <= set(event)
    assert max(len(line) for line in file.content.split(b"\r\n")) <= 75  # RFC 5545 §3.1


def test_moving_keeps_the_uid_and_raises_the_sequence_and_cancelling_says_so(
    visit: Appointment, owner: User
) -> None:
    [before] = events_in(calendar.file_of(visit, language="de").content)
    booking.move_appointment(by=owner, appointment=visit, starts_at=at("10:00"), now=timezone.now())
    [moved] = events_in(calendar.file_of(visit, language="de").content)
    visit.refresh_from_db()
    booking.cancel_appointment(by=owner, appointment=visit, now=timezone.now())
    [gone] = events_in(calendar.file_of(visit, language="de").content)
    assert before["UID"] == moved["UID"] == gone["UID"]
    assert before["SEQUENCE"] < moved["SEQUENCE"] < gone["SEQUENCE"]
    assert moved["DTSTART"].dt == at("10:00")
    assert gone["STATUS"] == "CANCELLED"
    assert before["DTSTAMP"].dt <= moved["DTSTAMP"].dt <= gone["DTSTAMP"].dt


@pytest.mark.parametrize(
    "day", [datetime(2027, 3, 28, 6, 0, tzinfo=UTC), datetime(2027, 10, 31, 7, 0, tzinfo=UTC)]
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
def test_owners_elsewhere_get_the_same_instant_also_when_clocks_change(
    day: datetime, zone: str, db: None
) -> None:
    owner = UserFactory.create(time_zone=zone)
    AppointmentFactory.create(vehicle=make_car(owner), booked_by=owner, starts_at=day)
    [event] = read(calendar.open_feed(by=owner, now=timezone.now()))
    assert event["DTSTART"].dt == day


def test_the_address_shows_what_its_person_may_see_and_nothing_else(visit: Appointment, owner: User) -> None:
    other = UserFactory.create()
    AppointmentFactory.create(vehicle=make_car(other), booked_by=other, starts_at=at("13:00"))
    AppointmentFactory.create(
        vehicle=visit.vehicle, booked_by=owner, starts_at=at("08:30") - timedelta(days=200)
    )
    events = read(calendar.open_feed(by=owner, now=timezone.now()))
    assert [event["DTSTART"].dt for event in events] == [at("08:30")]


def test_calendars_read_it_without_signing_in_and_ask_again_cheaply(
    client: Client, visit: Appointment, owner: User
) -> None:
    feed = calendar.open_feed(by=owner, now=timezone.now())
    answer = client.get(path_of(feed))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert len(events_in(answer.content)) == 1
    assert client.get(path_of(feed), headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert (
        client.get(path_of(feed), headers={"If-Modified-Since": answer["Last-Modified"]}).status_code == 304
    )
    feed.refresh_from_db()
    assert feed.last_used_at is not None
    booking.move_appointment(by=owner, appointment=visit, starts_at=at("10:00"), now=timezone.now())
    assert client.get(path_of(feed), headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_renewing_ends_the_old_address_and_closing_ends_all(client: Client, owner: User) -> None:
    feed = calendar.open_feed(by=owner, now=timezone.now())
    old = path_of(feed)
    new = path_of(calendar.renew_feed(by=owner, now=timezone.now()))
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    calendar.close_feed(by=owner, now=timezone.now())
    assert client.get(new).status_code == 404
    again = path_of(calendar.open_feed(by=owner, now=timezone.now()))
    assert again not in (old, new)
    assert client.get(again).status_code == 200


@pytest.mark.parametrize("token", ["1.1", "1.1~x", "~", "1.1~" + "a" * 43])
def test_an_invented_address_opens_nothing(client: Client, token: str, owner: User) -> None:
    calendar.open_feed(by=owner, now=timezone.now())
    assert client.get(reverse("services:calendar-feed", args=[token])).status_code == 404


def test_who_was_switched_off_has_no_calendar(client: Client, owner: User) -> None:
    feed = calendar.open_feed(by=owner, now=timezone.now())
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert client.get(path_of(feed)).status_code == 404
    with pytest.raises(NotFound):
        calendar.renew_feed(by=UserFactory.create(), now=timezone.now())


def test_asking_again_and_again_is_held_up(client: Client, owner: User) -> None:
    feed = calendar.open_feed(by=owner, now=timezone.now())
    answers = [client.get(path_of(feed)) for _time in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1]["Retry-After"] == "60"


def test_mails_bring_the_visit_as_a_file(
    visit: Appointment,
    owner: User,
    run_reactions: Callable[[], int],
    deliver_outbox: Callable[[], int],
) -> None:
    run_reactions()
    deliver_outbox()
    letter = next(m for m in mail.outbox if m.to == [owner.email])
    files = [each for each in letter.attachments if str(each[0]).endswith(".ics")]
    [(name, content, media_type)] = files  # beside the withdrawal notice
    assert (name, media_type.split(";")[0]) == (f"{visit.code}.ics", "text/calendar")
    [event] = events_in(content.encode() if isinstance(content, str) else content)
    assert event["DTSTART"].dt == at("08:30")


def test_the_page_makes_renews_and_ends_the_address(client: Client, owner: User) -> None:
    client.force_login(owner)
    page = reverse("services:calendar")
    assert ".ics" not in client.get(page).content.decode()
    client.post(reverse("services:calendar-open"))
    feed = CalendarFeed.objects.get(user=owner)
    assert path_of(feed) in client.get(page).content.decode()
    client.post(reverse("services:calendar-renew"))
    assert path_of(feed) not in client.get(page).content.decode()
    client.post(reverse("services:calendar-close"))
    assert not CalendarFeed.objects.exists()


def test_a_visit_is_downloaded_by_its_people_only(client: Client, visit: Appointment, owner: User) -> None:
    path = reverse("services:appointment-calendar", args=[visit.pk])
    assert client.get(path).status_code == 302
    client.force_login(UserFactory.create())
    assert client.get(path).status_code == 404
    client.force_login(owner)
    answer = client.get(path)
    assert f"{visit.code}.ics" in answer["Content-Disposition"]
    assert len(events_in(answer.content)) == 1


@pytest.mark.parametrize("many", [1, 6])
def test_the_feed_costs_the_same_for_one_and_for_many(
    owner: User, many: int, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    car = make_car(owner)
    for number in range(many):
        AppointmentFactory.create(
            vehicle=car, booked_by=owner, starts_at=at("08:30") + timedelta(days=number)
        )
    feed = calendar.open_feed(by=owner, now=timezone.now())
    read(feed)
    feed = calendar.feed_named(calendar.token_of(feed))
    assert count_queries(lambda: calendar.read_feed(feed=feed, now=timezone.now())) == 5
