"""Staff find a customer by whatever is said on the phone."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.cases import cases
from accounts.customers import finding
from accounts.models import User
from journal.models import Event
from portal import logs
from services.models import Appointment
from subscriptions.models import Contract
from tests.factories.accounts import UserFactory
from tests.factories.customers import walk_in
from tests.factories.services import AppointmentFactory, CentreFactory
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import own
from vehicles import ownership

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> User:
    return UserFactory.create(role="administrator", first_name="Antje", last_name="Brandt")


@pytest.fixture
def kroeger() -> User:
    UserFactory.create(first_name="Anna", last_name="Schilling")
    return UserFactory.create(
        first_name="Jürgen", last_name="Kröger", phone="+49 151 23004400", email="j.kroeger@example.org"
    )


def found(desk: User, typed: str) -> list[int]:
    return [hit.customer.pk for hit in finding.find_customers(by=desk, typed=typed, now=timezone.now())]


@pytest.mark.parametrize(
    "typed",
    [
        "Kröger",
        "kroeger",
        "Kroger",
        "KRÖGER Jürgen",
        "Juergen Kroeger",
        "Krögre",
        "Kröge",
        "Jurgen Krüger",
        "j.kroeger@example.org",
        "j.kröger@example.org",
        "J.KROEGER@EXAMPLE.ORG",
    ],
)
def test_a_name_is_found_in_any_writing_and_with_typos(desk, kroeger, typed):
    assert found(desk, typed)[:1] == [kroeger.pk]


def test_two_swapped_letters_of_a_short_name_do_no_harm(desk):
    lund = UserFactory.create(first_name="Mara", last_name="Lund")
    assert lund.pk in found(desk, "Lnud")
    assert found(desk, "Mara Ludn") == [lund.pk]


@pytest.mark.parametrize(
    "typed",
    [
        "+49 151 23004400",
        "0151 23004400",
        "0151/2300-4400",
        "0049 151 23004400",
        "+49 (0)151 23004400",
        "23004400",
    ],
)
def test_a_phone_number_is_found_in_any_writing(desk, kroeger, typed):
    assert found(desk, typed) == [kroeger.pk]


def test_a_car_is_found_by_plate_and_part_of_its_vin_with_the_reason(desk, kroeger):
    own(kroeger, plate="HH NL 512E", vin="WNLN5AZZZTH777123")
    for typed, rank in (("hh-nl 512e", True), ("HHNL512", False), ("HH NL 521E", False)):
        hit = finding.find_customers(by=desk, typed=typed, now=timezone.now())[0]
        assert (hit.customer, str(hit.label), hit.value, hit.is_exact) == (
            kroeger,
            "Kennzeichen",
            "HH NL 512E",
            rank,
        )
    assert found(desk, "777123") == [kroeger.pk]
    assert found(desk, "wnln5azzzth777123") == [kroeger.pk]


def test_an_earlier_owner_is_not_found_by_the_car(desk, kroeger):
    car = own(kroeger, plate="HH NL 512E", vin="WNLN5AZZZTH777123")
    ownership.release_vehicle(by=kroeger, vehicle=car, now=timezone.now())
    assert found(desk, "WNLN5AZZZTH777123") == []


def test_codes_of_contracts_visits_and_requests_lead_to_their_customer(desk, kroeger, now: datetime):
    contract: Contract = subscribed(kroeger, own(kroeger), now=timezone.now())
    visit: Appointment = AppointmentFactory.create(booked_by=kroeger, vehicle=own(kroeger))
    case = cases.open_case(
        by=kroeger, queue="accounts.general", title="Rad", text="Hallo", customer=kroeger, now=now
    )
    for code in (contract.code, visit.code, case.code):
        assert found(desk, code) == [kroeger.pk]
        assert found(desk, code.lower().replace("-", " ")) == [kroeger.pk]
        assert found(desk, code.partition("-")[2]) == [kroeger.pk]


def test_staff_of_a_centre_find_no_visit_of_another_one(kroeger):
    here, there = CentreFactory.create(), CentreFactory.create()
    visit = AppointmentFactory.create(booked_by=kroeger, vehicle=own(kroeger), centre=there)
    assert found(UserFactory.create(role="staff", scope=here), visit.code) == []
    assert found(UserFactory.create(role="staff", scope=there), visit.code) == [kroeger.pk]


def test_what_a_role_may_not_see_finds_nobody(kroeger):
    own(kroeger, plate="HH NL 512E")
    assert found(UserFactory.create(role="accountant"), "HH NL 512E") == []
    contract = subscribed(kroeger, own(kroeger), now=timezone.now())
    assert found(UserFactory.create(role="staff"), contract.code) == []


def test_exact_hits_come_first(desk):
    like = UserFactory.create(first_name="Uwe", last_name="Jansen")
    exact = UserFactory.create(first_name="Uwe", last_name="Janssen")
    assert found(desk, "Janssen") == [exact.pk, like.pk]
    assert [hit.is_exact for hit in finding.find_customers(by=desk, typed="Janssen", now=timezone.now())] == [
        True,
        False,
    ]


def test_shells_are_never_found(desk, kroeger):
    User.objects.filter(pk=kroeger.pk).update(
        standing="erased", email=None, first_name="", last_name="", phone="", is_active=False
    )
    assert found(desk, "kröger") == []


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "' OR 1=1 --", "\x00", "((((", "+", "ab" * 500, "😀"])
def test_nonsense_finds_nobody_and_breaks_nothing(desk, kroeger, typed):
    assert found(desk, typed) == []


def test_searching_is_written_down_nowhere(desk, kroeger):
    before = Event.objects.count()
    found(desk, "kröger")
    assert Event.objects.count() == before


def test_the_log_of_requests_leaves_out_what_was_searched_for():
    line = logs._tidy(
        None, "info", {"event": "request_finished", "request": "GET /staff/customers/?q=kröger"}
    )
    assert line["request"] == "GET /staff/customers/"


def test_duplicates_are_those_with_the_same_mail_or_phone_or_a_like_name(desk):
    known = walk_in(by=desk, email="k@example.org")
    said: list[dict[str, Any]] = [
        {"email": "K@example.org"},
        {"phone": "+4915123004400"},
        {"first_name": "Juergen", "last_name": "Kroeger"},
    ]
    for details in said:
        assert [hit.customer for hit in finding.find_duplicates(by=desk, now=timezone.now(), **details)] == [
            known
        ]
    assert finding.find_duplicates(by=desk, first_name="J", now=timezone.now()) == []


def test_finding_costs_the_same_among_few_and_many(desk, django_assert_max_num_queries: Any):
    for typed in ("Lindqvist", "0151 2300", "HH NL 5"):
        with django_assert_max_num_queries(10):
            finding.find_customers(by=desk, typed=typed, now=timezone.now())
        UserFactory.create_batch(3)
