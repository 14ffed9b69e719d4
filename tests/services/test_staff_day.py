"""The day of a centre: who sees it, what changes on it, and who is told at once."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from common import realtime
from common.civil import BERLIN, instant
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from services.booking import booking
from services.desk import checking_in, handing_back, workday
from services.models import Allocation, Appointment
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, coming_thursday, make_car, make_workshop, plan_for
from tests.services.test_checking_in import WRITTEN
from vehicles.models import Vehicle


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


def book(workshop: Workshop, clock: str = "08:30") -> Appointment:
    person = UserFactory.create(first_name="Mara", last_name="Lund")
    return booking.book_appointment(
        by=person,
        vehicle=make_car(person),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at(clock),
        now=timezone.now(),
        early_start=True,
    )


def test_staff_see_the_day_of_their_centre(client: Client, workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    client.force_login(staff)
    page = client.get(reverse("services:staff-home"), {"day": coming_thursday().isoformat()}).content.decode()
    for words in ("08:30", "Mara Lund", visit.code, "Technician 0", "Hebebühne 1"):
        assert words in page
    assert f'data-live-topic="centre-day:{workshop.centre.pk}:{coming_thursday()}"' in page


def test_the_live_part_comes_alone(client: Client, workshop: Workshop, staff: User) -> None:
    book(workshop)
    client.force_login(staff)
    asked: dict[str, Any] = {"day": coming_thursday().isoformat(), "centre": workshop.centre.pk}
    answer = client.get(reverse("services:staff-home"), asked, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert "08:30" in page


def test_owners_have_no_day_list(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert client.get(reverse("services:staff-home")).status_code == 403


def test_another_centre_does_not_exist_for_staff(client: Client, workshop: Workshop, staff: User) -> None:
    other = make_workshop()
    visit = book(other)
    client.force_login(staff)
    assert client.get(reverse("services:staff-home"), {"centre": other.centre.pk}).status_code == 404
    answer = client.post(reverse("services:appointment-status", args=[visit.pk]), {"status": "no_show"})
    assert answer.status_code == 404
    with pytest.raises(NotFound):
        workday.change_status(by=staff, appointment=visit, status="no_show", now=timezone.now())


def test_a_visit_goes_its_way_and_the_owner_hears_when_the_car_is_ready(
    workshop: Workshop, staff: User, run_reactions: Callable[[], int]
) -> None:
    visit = book(workshop)
    run_reactions()
    checking_in.check_in(by=staff, appointment=visit, written=WRITTEN, now=at("08:30"))
    for status in ("in_work", "ready"):
        visit = workday.change_status(by=staff, appointment=visit, status=status, now=at("08:30"))
    run_reactions()
    kinds = list(Notice.objects.filter(user=visit.booked_by).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["services.appointment_booked.early", "services.vehicle_ready"]
    assert (
        handing_back.hand_back(
            by=staff, appointment=visit, done="Räder gewechselt", looked=True, now=at("10:00")
        ).version
        == 4
    )


@pytest.mark.parametrize(("before", "step"), [("booked", "arrived"), ("ready", "done")])
def test_a_car_passes_the_counter_by_its_forms_only(
    before: str, step: str, workshop: Workshop, staff: User, client: Client
) -> None:
    visit = book(workshop)
    Appointment.objects.filter(pk=visit.pk).update(status=before)
    visit.refresh_from_db()
    assert step not in workday.next_steps(by=staff, appointment=visit, now=at("08:30"))
    assert workday.form_step(by=staff, appointment=visit) == step
    with pytest.raises(Conflict) as refused:
        workday.change_status(by=staff, appointment=visit, status=step, now=at("08:30"))
    assert refused.value.code == "form_needed"
    client.force_login(staff)
    page = client.get(reverse("services:staff-home"), {"day": coming_thursday().isoformat()}).content.decode()
    form = {"arrived": "services:check-in", "done": "services:hand-back"}[step]
    assert reverse(form, args=[visit.pk]) in page


def test_at_the_customers_door_nobody_checks_a_car_in(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    Appointment.objects.filter(pk=visit.pk).update(way="mobile")
    assert (
        workday.change_status(by=staff, appointment=visit, status="arrived", now=at("08:30")).status
        == "arrived"
    )


def test_steps_have_an_order(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    with pytest.raises(Conflict):
        workday.change_status(by=staff, appointment=visit, status="ready", now=at("08:30"))
    with pytest.raises(Invalid):
        workday.change_status(by=staff, appointment=visit, status="lost", now=at("08:30"))


def test_whoever_does_not_come_frees_bay_and_technician(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    with pytest.raises(Invalid):
        workday.change_status(by=staff, appointment=visit, status="no_show", now=at("08:00"))
    workday.change_status(by=staff, appointment=visit, status="no_show", now=at("08:45"))
    assert not Allocation.objects.filter(active=True).exists()


def test_a_technician_looks_but_does_not_change(workshop: Workshop, client: Client) -> None:
    technician = UserFactory.create(role="technician", scope=workshop.centre)
    visit = book(workshop)
    client.force_login(technician)
    page = client.get(reverse("services:staff-home"), {"day": coming_thursday().isoformat()}).content.decode()
    assert visit.code in page
    assert 'name="status"' not in page
    with pytest.raises(NotAllowed):
        workday.change_status(by=technician, appointment=visit, status="no_show", now=at("08:45"))


def test_a_click_changes_the_status(client: Client, workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    Appointment.objects.filter(pk=visit.pk).update(status="arrived")
    client.force_login(staff)
    answer = client.post(reverse("services:appointment-status", args=[visit.pk]), {"status": "in_work"})
    assert answer["Location"].startswith(reverse("services:staff-home"))
    visit.refresh_from_db()
    assert visit.status == "in_work"


def test_the_day_takes_the_same_queries_with_many_visits(
    client: Client, staff: User, workshop: Workshop, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    client.force_login(staff)

    def look() -> Any:
        return client.get(reverse("services:staff-home"), {"day": coming_thursday().isoformat()})

    book(workshop, "07:30")
    look()
    few = count_queries(look)
    for clock in ("08:30", "09:30", "10:30"):
        book(workshop, clock)
    assert count_queries(look) == few <= 12


def test_only_staff_of_the_centre_may_watch_its_day(workshop: Workshop, staff: User, owner: User) -> None:
    day = coming_thursday()
    topic = f"centre-day:{workshop.centre.pk}:{day}"
    assert realtime.can_watch(staff, topic)
    assert not realtime.can_watch(owner, topic)
    assert not realtime.can_watch(staff, f"centre-day:{make_workshop().centre.pk}:{day}")
    assert not realtime.can_watch(staff, "centre-day:x:y")
    assert not realtime.can_watch(staff, "centre-day:")
    assert realtime.can_watch(owner, f"centre-slots:{workshop.centre.pk}")


def test_a_booking_is_pushed_to_its_day_and_to_all_who_choose(
    workshop: Workshop,
    owner: User,
    car: Vehicle,
    pushed_by: Callable[..., list[tuple[str, str]]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    day = coming_thursday()
    here = f"centre-day:{workshop.centre.pk}:{day}"
    there = f"centre-day:{workshop.centre.pk}:{day + timedelta(days=1)}"
    slots = f"centre-slots:{workshop.centre.pk}"
    asked: dict[str, Any] = {"by": owner, "now": timezone.now()}

    def book_one() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            booking.book_appointment(
                vehicle=car,
                centre=workshop.centre,
                plan=plan_for(workshop.service_type),
                starts_at=at("08:30"),
                **asked,
                early_start=True,
            )

    def move_it() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            booking.move_appointment(
                appointment=Appointment.objects.get(), starts_at=at("08:30") + timedelta(days=1), **asked
            )

    booked = "services.appointment_booked"
    assert pushed_by(book_one, here, there, slots) == [(here, booked), (slots, "slots.changed")]
    moved = "services.appointment_moved"
    assert pushed_by(move_it, here, there, slots) == [(here, moved), (there, moved), (slots, "slots.changed")]
