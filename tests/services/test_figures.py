"""Figures of a centre: load against capacity, kept promises, waiting times; counted by hand here."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from services.desk import figures
from services.models import Appointment, PromiseChange, Shift, StatusChange
from tests.factories.accounts import UserFactory
from tests.factories.services import make_workshop, take
from tests.factories.work import MORNING, Shop, make_shop, visit_for

pytestmark = pytest.mark.django_db
THURSDAY = date(2026, 11, 26)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FULL_DAY = 9 * 60 + 30  # minutes from 07:30 to 17:00


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def day(shop: Shop, which: date = THURSDAY) -> figures.DayLoad:
    return figures.load_ahead(centre=shop.workshop.centre, first_day=which, days=1)[0]


def test_load_is_what_technicians_hold_against_their_shifts(shop):
    assert day(shop) == figures.DayLoad(THURSDAY, FULL_DAY, 45)
    visit_for(shop.workshop, shop.technician, starts_at=MORNING + HOUR)
    assert day(shop).booked_minutes == 90
    assert day(shop).percent == 15
    assert day(shop, date(2026, 11, 28)) == figures.DayLoad(date(2026, 11, 28), 0, 0)
    assert day(shop, date(2026, 11, 28)).percent is None


def test_absences_lessen_the_capacity_and_bays_add_none(shop):
    take(shop.technician, MORNING + HOUR, MORNING + 3 * HOUR)
    take(shop.workshop.bays[0], MORNING + HOUR, MORNING + 2 * HOUR)
    assert day(shop).capacity_minutes == FULL_DAY - 120


def test_shifts_outside_the_opening_hours_do_not_count(shop):
    Shift.objects.filter(resource=shop.technician, weekday=4).update(starts="05:00", ends="20:00")
    assert day(shop).capacity_minutes == FULL_DAY


def test_visits_given_up_and_colleagues_elsewhere_do_not_count(shop):
    shop.job.allocations.update(active=False)
    make_shop()
    assert day(shop).booked_minutes == 0


def test_every_day_is_there_also_across_a_change_of_clocks(shop):
    days = figures.load_ahead(centre=shop.workshop.centre, first_day=date(2027, 3, 25), days=8)
    assert [each.day for each in days] == [date(2027, 3, 25) + timedelta(n) for n in range(8)]
    assert [each.capacity_minutes for each in days] == [FULL_DAY, FULL_DAY, 0, 0, *[FULL_DAY] * 4]


def history(shop: Shop, visit: Appointment, promised: datetime, *steps: tuple[str, datetime]) -> None:
    PromiseChange.objects.create(appointment=visit, promised_at=promised, at=MORNING - timedelta(days=5))
    for status, at in steps:
        StatusChange.objects.create(appointment=visit, status=status, at=at)
        visit.status = status
    visit.save()


def test_a_promise_is_kept_by_the_first_word_that_was_given(shop):
    late = visit_for(shop.workshop, shop.technician, starts_at=MORNING + HOUR).appointment
    history(shop, shop.visit, MORNING + 2 * HOUR, ("arrived", MORNING), ("ready", MORNING + 2 * HOUR))
    history(shop, late, MORNING + 2 * HOUR, ("arrived", MORNING), ("ready", MORNING + 2 * HOUR + MINUTE))
    PromiseChange.objects.create(appointment=late, promised_at=MORNING + 5 * HOUR, at=MORNING)
    past = figures.past_weeks(centre=shop.workshop.centre, now=MORNING + timedelta(days=1))
    assert len(past.weeks) == figures.WEEKS_BACK
    assert past.weeks[-1].monday == date(2026, 11, 23)
    assert (past.total.promised, past.total.kept, past.total.percent_kept) == (2, 1, 50)
    assert past.weeks[0].percent_kept is None


def test_waiting_is_the_median_of_those_that_waited(shop):
    cars = [shop.visit] + [
        visit_for(shop.workshop, shop.technician, starts_at=MORNING + n * HOUR).appointment for n in (1, 2)
    ]
    for car, wait in zip(cars, (10, 20, 60), strict=True):
        begun = MORNING + wait * MINUTE
        history(shop, car, MORNING + 9 * HOUR, ("arrived", MORNING), ("in_work", begun))
    history(
        shop,
        cars[0],
        MORNING + 9 * HOUR,
        ("waiting_parts", MORNING + HOUR),
        ("in_work", MORNING + 4 * HOUR),
        ("waiting_approval", MORNING + 5 * HOUR),
    )
    total = figures.past_weeks(centre=shop.workshop.centre, now=MORNING + timedelta(days=1)).total
    assert total.to_work == figures.Wait(20, 3)
    assert total.parts == figures.Wait(180, 1)
    assert total.approval == figures.Wait(None, 0)  # still waiting: nobody knows how long
    assert total.promised == 0


def test_each_figure_is_one_query(shop, count_queries):
    centre = shop.workshop.centre
    assert count_queries(lambda: figures.load_ahead(centre=centre, first_day=THURSDAY)) == 1
    assert count_queries(lambda: figures.past_weeks(centre=centre, now=MORNING)) == 1


def test_page_and_api_show_the_own_centre_only(shop):
    other = make_workshop().centre
    client = Client()
    client.force_login(shop.staff)
    page = client.get(reverse("services:staff-figures"))
    assert page.status_code == 200
    assert shop.workshop.centre.name in page.content.decode()
    assert client.get(reverse("services:staff-figures"), {"centre": other.pk}).status_code == 404
    answer = client.get("/api/v1/figures/", {"centre": shop.workshop.centre.pk, "days": 7})
    assert len(answer.json()["load"]) == 7
    assert client.get("/api/v1/figures/", {"centre": other.pk}).status_code == 404
    technician = Client()
    technician.force_login(shop.person)
    assert technician.get(reverse("services:staff-figures")).status_code == 403


def test_a_house_without_shifts_and_visits_has_empty_figures():
    centre = make_workshop(technicians=0, bays=0).centre
    client = Client()
    client.force_login(UserFactory.create(role="staff", scope=centre))
    assert client.get(reverse("services:staff-figures")).status_code == 200
    now = datetime(2026, 11, 26, tzinfo=UTC)
    assert figures.past_weeks(centre=centre, now=now).total.promised == 0
