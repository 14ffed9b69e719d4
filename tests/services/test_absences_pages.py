"""Staff enter an absence, close a house and give new times, on pages."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from common.civil import BERLIN, instant
from services.centres import replans
from services.models import Absence, Appointment, Closure
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, add_technician, coming_thursday, make_workshop
from tests.services.test_absences import holder, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def thursday() -> date:
    return coming_thursday()


@pytest.fixture
def booked(workshop: Workshop, thursday: date) -> Appointment:
    return visit(workshop, timezone.now(), instant(thursday, time(8), BERLIN))


def typed_absence(workshop: Workshop, day: date, **more: str) -> dict[str, Any]:
    return {
        "resource": workshop.technicians[0].pk,
        "reason": "sick",
        "first_day": day.isoformat(),
        "last_day": day.isoformat(),
        **more,
    }


def test_an_absence_leads_to_the_re_plan_list_and_one_click_moves_the_visit(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    answer = client.post("/staff/absences/new/", typed_absence(workshop, thursday), follow=True)
    page = answer.content.decode()
    assert answer.request["PATH_INFO"] == "/staff/replans/"
    assert "1 Termin braucht eine neue Zeit." in page
    assert booked.code in page
    slot = replans.propose(appointments=[booked], now=timezone.now())[0].slots[0].starts_at
    assert slot.isoformat() in page
    assert client.post(f"/staff/replans/{booked.pk}/take/", {"slot": slot.isoformat()}).status_code == 302
    booked.refresh_from_db()
    assert booked.starts_at == slot
    assert "Alle Termine haben, was sie brauchen" in client.get("/staff/replans/").content.decode()


def test_an_absence_that_others_cover_says_so(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    add_technician(workshop.centre, workshop.service_type.skill, name="N. Wolter")
    client.force_login(staff)
    answer = client.post("/staff/absences/new/", typed_absence(workshop, thursday), follow=True)
    page = answer.content.decode()
    assert answer.request["PATH_INFO"] == "/staff/absences/"
    assert "1 Termin übernimmt jemand anderes zur selben Zeit." in page
    assert workshop.technicians[0].name in page
    absence = Absence.objects.get()
    client.post(f"/staff/absences/{absence.pk}/cancel/")
    assert "Alle sind da" in client.get("/staff/absences/").content.decode()


def test_a_half_day_is_typed_with_times_and_nonsense_stays_in_the_form(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    wrong = typed_absence(workshop, thursday, begins="12:00", ends="09:00")
    refused = client.post("/staff/absences/new/", wrong)
    assert refused.status_code == 422
    assert 'value="12:00"' in refused.content.decode()
    client.post("/staff/absences/new/", typed_absence(workshop, thursday, begins="12:00"))
    assert Absence.objects.get().span.lower == instant(thursday, time(12), BERLIN)
    assert holder(booked, "technician") == workshop.technicians[0]


def test_a_double_click_enters_one_absence(
    client: Any, workshop: Workshop, staff: User, thursday: date
) -> None:
    client.force_login(staff)
    for _press in range(2):
        client.post("/staff/absences/new/", typed_absence(workshop, thursday, idempotency_key="k" * 20))
    assert Absence.objects.count() == 1


def test_a_closed_house_its_visits_all_at_once_and_open_again(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    typed = {"name": "Wasserschaden", "first_day": thursday.isoformat(), "last_day": thursday.isoformat()}
    answer = client.post("/staff/closures/", typed, follow=True)
    assert answer.request["PATH_INFO"] == "/staff/replans/"
    assert "Wasserschaden" in answer.content.decode()
    moved = client.post("/staff/replans/all/", follow=True)
    assert "1 Termin hat wieder eine Zeit" in moved.content.decode()
    closure = Closure.objects.get()
    assert "Wasserschaden" in client.get("/staff/closures/").content.decode()
    client.post(f"/staff/closures/{closure.pk}/reopen/")
    assert "Nichts ist geschlossen" in client.get("/staff/closures/").content.decode()


def test_staff_may_choose_a_time_of_their_own(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    client.post("/staff/absences/new/", typed_absence(workshop, thursday))
    page = f"/staff/replans/{booked.pk}/"
    assert client.get(page).status_code == 200
    friday = thursday + timedelta(days=1)
    assert client.post(page, {"own_day": friday.isoformat()}).status_code == 422
    closed = client.post(page, {"own_day": friday.isoformat(), "own_time": "03:00"})
    assert closed.status_code == 422
    assert client.post(page, {"own_day": friday.isoformat(), "own_time": "10:05"}).status_code == 302
    booked.refresh_from_db()
    assert booked.starts_at == instant(friday, time(10, 5), BERLIN)


def test_nobody_is_free_is_said_and_changes_nothing(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    client.post("/staff/absences/new/", typed_absence(workshop, thursday))
    answer = client.post(f"/staff/replans/{booked.pk}/reassign/", follow=True)
    assert "niemand dafür frei" in answer.content.decode()
    assert client.post(f"/staff/replans/{booked.pk}/take/", {"slot": "soon"}).status_code == 302
    assert replans.visits_to_replan(by=staff).count() == 1


def test_another_centre_is_not_found(
    client: Any, workshop: Workshop, staff: User, booked: Appointment, thursday: date
) -> None:
    client.force_login(staff)
    client.post("/staff/absences/new/", typed_absence(workshop, thursday))
    absence = Absence.objects.get()
    client.force_login(UserFactory.create(role="staff", scope=make_workshop().centre))
    for path in ("absences", "closures", "replans"):
        assert client.get(f"/staff/{path}/?centre={workshop.centre.pk}").status_code == 404
    assert client.get(f"/staff/replans/{booked.pk}/").status_code == 404
    assert client.post(f"/staff/absences/{absence.pk}/cancel/").status_code == 404
    assert client.post(f"/staff/replans/{booked.pk}/reassign/").status_code == 404
    assert client.post("/staff/absences/new/", typed_absence(workshop, thursday)).status_code == 422
    assert Absence.objects.get().cancelled_at is None


def test_the_lists_cost_the_same_for_one_and_for_many(
    client: Any, workshop: Workshop, staff: User, thursday: date, count_queries: Any
) -> None:
    client.force_login(staff)
    visit(workshop, timezone.now(), instant(thursday, time(8), BERLIN))
    client.post("/staff/absences/new/", typed_absence(workshop, thursday, ends="09:00"))
    paths = ("/staff/replans/", "/staff/absences/", "/staff/closures/")
    for path in paths:
        client.get(path)
    one = {path: count_queries(lambda path=path: client.get(path)) for path in paths}
    for hour in (10, 11, 12):
        visit(workshop, timezone.now(), instant(thursday, time(hour), BERLIN))
    client.post("/staff/absences/new/", typed_absence(workshop, thursday, begins="09:30"))
    for path in paths:
        assert count_queries(lambda path=path: client.get(path)) == one[path], path
