"""Technicians decide who sees their name, read their shifts, and hear when a qualification runs out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Notice
from common.errors import NotFound
from journal.models import Event
from services.models import Qualification
from services.work import qualifications, technicians
from tests.factories.accounts import UserFactory
from tests.factories.services import take
from tests.factories.work import MORNING, Shop, make_shop

TODAY = date(2026, 11, 26)


@pytest.fixture
def shop(db: None) -> Shop:
    return make_shop()


def until(shop: Shop, day: date | None) -> Qualification:
    held = Qualification.objects.get(resource=shop.technician)
    held.valid_until = day
    held.save()
    return held


def test_only_the_technician_shows_and_hides_the_name(shop):
    for _again in range(2):
        technicians.show_to_customers(by=shop.person, resource=shop.technician, shown=True, now=MORNING)
    shop.technician.refresh_from_db()
    assert shop.technician.shown_since == MORNING
    assert Event.objects.filter(kind="services.name_shown").count() == 1
    for other in (shop.staff, UserFactory.create(role="administrator")):
        with pytest.raises(NotFound):
            technicians.show_to_customers(by=other, resource=shop.technician, shown=False, now=MORNING)
    technicians.show_to_customers(by=shop.person, resource=shop.technician, shown=False, now=MORNING)
    shop.technician.refresh_from_db()
    assert shop.technician.shown_since is None


def test_shifts_and_absences_are_readable(shop):
    days = technicians.working_days(resource=shop.technician, first_day=TODAY, days=4)
    assert [len(each.shifts) for each in days] == [1, 1, 0, 0]  # Thursday to Sunday
    take(shop.technician, MORNING - timedelta(days=40), MORNING - timedelta(days=35))
    away = take(shop.technician, MORNING + timedelta(days=7), MORNING + timedelta(days=8)).absence
    assert list(technicians.absences_of(resource=shop.technician, now=MORNING)) == [away]


@pytest.mark.parametrize(
    ("days", "state"), [(None, "valid"), (61, "valid"), (60, "expiring"), (0, "expiring"), (-1, "expired")]
)
def test_a_qualification_is_shown_as_what_it_is(shop, days, state):
    held = until(shop, None if days is None else TODAY + timedelta(days=days))
    assert qualifications.state_of(qualification=held, today=TODAY) == state


def test_technician_and_staff_are_warned_once_sixty_days_before(shop, run_reactions):
    until(shop, TODAY + timedelta(days=60))
    UserFactory.create(role="staff")  # everywhere, and so of no centre in particular
    assert qualifications.warn_of_expiry(now=MORNING - timedelta(days=1)) == 0
    for days in range(5):
        qualifications.warn_of_expiry(now=MORNING + timedelta(days=days))
    run_reactions()
    told = set(Notice.objects.filter(kind__endswith="qualification_expiring").values_list("user", "kind"))
    assert told == {
        (shop.person.pk, "services.own_qualification_expiring"),
        (shop.staff.pk, "services.qualification_expiring"),
    }
    own = Notice.objects.get(kind="services.own_qualification_expiring")
    assert own.params["day"] == "25.01.2027"


def test_a_renewed_one_is_warned_about_again_and_not_about_the_old_day(shop, run_reactions):
    until(shop, TODAY + timedelta(days=10))
    assert qualifications.warn_of_expiry(now=MORNING) == 1
    until(shop, TODAY + timedelta(days=50))  # renewed before the reaction ran
    run_reactions()
    assert not Notice.objects.filter(kind__endswith="qualification_expiring").exists()
    assert qualifications.warn_of_expiry(now=MORNING) == 1
    run_reactions()
    assert Notice.objects.filter(kind__endswith="qualification_expiring").count() == 2


def test_nobody_is_warned_about_what_ran_out_or_who_left(shop):
    until(shop, TODAY - timedelta(days=1))
    assert qualifications.warn_of_expiry(now=MORNING) == 0
    until(shop, TODAY + timedelta(days=1))
    shop.technician.is_active = False
    shop.technician.save()
    assert qualifications.warn_of_expiry(now=datetime(2026, 11, 26, 5, tzinfo=UTC)) == 0
