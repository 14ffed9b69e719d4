"""What the workshop keeps of people, for how long, and what is in the way of leaving."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.customers import merging
from accounts.privacy import erasing, retention
from accounts.privacy.parts import PersonalData, part_named
from documents.models import Document
from services.models import (
    Absence,
    Appointment,
    CalendarFeed,
    DamageMark,
    Estimate,
    Hold,
    LoanHandover,
    RepairOrder,
    Resource,
    VisitMessage,
    WaitlistEntry,
)
from tests.factories.accounts import UserFactory
from tests.factories.privacy import person
from tests.factories.services import AppointmentFactory, CentreFactory, make_car
from tests.factories.visits_of_people import employed, fill_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague():
    return UserFactory.create(role="administrator")


@pytest.fixture
def alpha():
    return person("alpha")


@pytest.fixture
def visit(alpha, colleague, now):
    return fill_workshop(alpha, "alpha", car=make_car(alpha), colleague=colleague, now=now)


def part(name) -> PersonalData:
    found = part_named(name)
    assert found is not None
    return found


def swept(name, now):
    """How many were announced, and how many went."""
    would_go = retention.standing_of(name, now=now).would_go
    return would_go, retention.sweep(name=name, now=now)


def test_that_somebody_was_ill_is_forgotten_soon_after_they_are_back(visit, now):
    ill = Absence.objects.get()
    assert swept("services.sick_leave", ill.span.upper + timedelta(days=29)) == (0, 0)
    assert swept("services.sick_leave", ill.span.upper + timedelta(days=31)) == (1, 1)
    ill.refresh_from_db()
    assert ill.reason == Absence.Reason.OTHER
    assert swept("services.sick_leave", ill.span.upper + timedelta(days=31)) == (0, 0)


def test_who_drove_a_loan_car_goes_half_a_year_after_its_return_and_not_before_it_is_back(visit, now):
    assert swept("services.licences", now + timedelta(days=183)) == (0, 0)
    LoanHandover.objects.update(returned_at=None, mileage_in_km=None)
    assert swept("services.licences", now + timedelta(days=800)) == (0, 0)
    LoanHandover.objects.update(returned_at=now, mileage_in_km=2)
    assert swept("services.licences", now + timedelta(days=185)) == (1, 1)
    loan = LoanHandover.objects.get()
    assert (loan.driver_name, loan.licence_class, loan.licence_expires) == ("–", "", None)
    assert loan.mileage_out_km == 1


def test_ended_holds_and_places_on_the_waitlist_go(visit, now):
    assert swept("services.holds", now + timedelta(days=6)) == (0, 0)
    assert swept("services.holds", now + timedelta(days=8)) == (1, 1)
    assert not Hold.objects.exists()
    assert swept("services.waitlist", now + timedelta(days=89)) == (0, 0)
    WaitlistEntry.objects.update(state="waiting", ended_at=None)
    assert swept("services.waitlist", now + timedelta(days=91)) == (0, 0)
    WaitlistEntry.objects.update(state="ended", ended_at=now)
    assert swept("services.waitlist", now + timedelta(days=91)) == (1, 1)


def test_where_we_fetched_a_car_goes_a_quarter_after_the_visit(visit, now):
    assert swept("services.addresses", visit.ends_at + timedelta(days=89)) == (0, 0)
    assert swept("services.addresses", visit.ends_at + timedelta(days=91)) == (1, 1)
    visit.refresh_from_db()
    assert (visit.street, visit.postcode, visit.town, visit.way) == ("", "", "", "pick_up")


def test_messages_go_with_their_pictures_once_claims_are_barred(visit, now):
    assert swept("services.messages", visit.ends_at + timedelta(days=3 * 365)) == (0, 0)
    assert swept("services.messages", visit.ends_at + timedelta(days=4 * 366 + 1)) == (2, 2)
    assert not Document.objects.not_erased().filter(about_kind="services.visitmessage").exists()


def test_a_car_with_us_and_a_loan_car_out_are_in_the_way_of_leaving(alpha, visit, now):
    def holds():
        parts = ("services", "services.counter")
        return {hold.code for name in parts for hold in part(name).holds(user=alpha, now=now)}

    assert holds() == set()
    for status in Appointment.Status.in_house():
        Appointment.objects.filter(pk=visit.pk).update(status=status)
        assert holds() == {"car_in_workshop"}, status
    LoanHandover.objects.update(returned_at=None, mileage_in_km=None)
    assert holds() == {"car_in_workshop", "loan_car_out"}


def test_leaving_calls_off_visits_of_cars_that_we_do_not_know(alpha, now, run_reactions):
    coming = AppointmentFactory.create(booked_by=alpha, starts_at=now + timedelta(days=3))
    part("services").erase(user=alpha, now=now)
    coming.refresh_from_db()
    assert coming.status == Appointment.Status.CANCELLED


def test_erasing_twice_changes_nothing_more(alpha, visit, now):
    for name in ("services", "services.counter", "services.times", "services.team"):
        part(name).erase(user=alpha, now=now)
    visit.refresh_from_db()
    version = visit.version
    for name in ("services", "services.counter", "services.times", "services.team"):
        part(name).erase(user=alpha, now=now)
    visit.refresh_from_db()
    assert visit.version == version
    assert not VisitMessage.objects.exists()
    assert not CalendarFeed.objects.exists()


def test_when_claims_are_barred_orders_and_marks_go_too(alpha, visit, now):
    part("services").erase(user=alpha, now=now)
    assert RepairOrder.objects.get().work == "alpha-work"
    part("services").forget(user=alpha, now=now)
    order = RepairOrder.objects.get()
    assert (order.work, order.remarks) == ("–", "")
    assert not DamageMark.objects.exists()
    assert Estimate.objects.get().note == ""


def test_a_colleague_who_leaves_stays_in_days_past_without_a_name(visit, now):
    technician = UserFactory.create(first_name="Ole")
    own = employed(
        AppointmentFactory.create(booked_by=visit.booked_by), now, user=technician, shown_since=now
    )
    erasing.request_erasure(by=technician, now=now)
    assert erasing.carry_out_due(now=now + timedelta(days=15)) == 1
    own.refresh_from_db()
    assert (own.user, own.is_active, own.shown_since) == (None, False, None)
    assert "Sahin" not in own.name
    assert own.absences.get().reason == Absence.Reason.OTHER
    assert own.times.exists()


# -- Two rows that turn out to be one person ---------------------------------------------------------


def held_by(user, now, **fields):
    centre = CentreFactory.create()
    return Hold.objects.create(
        user=user,
        centre=centre,
        service_types=[1],
        span=DateTimeTZRange(now, now + timedelta(hours=1), "[)"),
        created_at=now,
        expires_at=now + timedelta(minutes=10),
        **fields,
    )


def test_a_merge_moves_visits_and_what_was_said_and_leaves_a_second_choice(alpha, visit, colleague, now):
    kept = UserFactory.create()
    held_by(kept, now)
    merging.merge_customers(by=colleague, kept=kept, gone=alpha, now=now)
    assert {visit.booked_by for visit in Appointment.objects.all()} == {kept}
    assert VisitMessage.objects.filter(author=kept, from_customer=True).exists()
    assert CalendarFeed.objects.get().user == kept
    assert Hold.objects.filter(user=kept, state="open").count() == 1
    assert Hold.objects.filter(user=alpha, state="open").count() == 1
    assert not WaitlistEntry.objects.filter(user=alpha).exists()


def test_whoever_has_a_calendar_address_keeps_it(alpha, visit, colleague, now):
    kept = UserFactory.create()
    own = CalendarFeed.objects.create(user=kept, created_at=now)
    merging.merge_customers(by=colleague, kept=kept, gone=alpha, now=now)
    assert CalendarFeed.objects.get(user=kept) == own
    assert Resource.objects.filter(user=kept).count() == 0
