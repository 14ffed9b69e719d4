"""The pages of the garage, as an owner, a shared driver, a stranger and staff meet them."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.civil import BERLIN
from services.booking import booking
from tests.factories.accounts import UserFactory
from tests.factories.services import coming_thursday, make_workshop, plan_for
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import TransferFactory, VehicleModelFactory, own, share
from vehicles import handover, sharing, transfers
from vehicles.models import Share, Transfer, Vehicle

pytestmark = pytest.mark.django_db
FAR = datetime(2100, 1, 1, tzinfo=UTC)


def page(name, *args):
    return reverse(f"vehicles:{name}", args=args)


def shown_code(answer):
    found = re.search(r"NL-\w{4}-\w{3}", answer.text)
    assert found
    return found[0]


def test_an_empty_garage_says_what_to_do(signed_in):
    answer = signed_in(UserFactory.create()).get(page("home"))
    assert page("vehicle-add") in answer.text


def test_a_car_is_added_in_two_steps(signed_in):
    done = handover.hand_over_vehicle(
        by=UserFactory.create(role="staff"),
        vin="WNLN5BZZZTH000900",
        model=VehicleModelFactory.create(),
        now=timezone.now(),
    )
    owner = UserFactory.create()
    browser = signed_in(owner)
    answer = browser.post(page("vehicle-add"), {"vin": done.vehicle.vin, "code": done.code})
    car = Vehicle.objects.owned_by(owner, timezone.now()).get()
    assert answer["Location"] == page("vehicle-edit", car.pk) + "?new=1"
    answer = browser.post(answer["Location"], {"plate": "hh nl 512e", "nickname": "Blitz"})
    assert answer["Location"] == page("vehicle-detail", car.pk)
    text = browser.get(answer["Location"]).text
    assert "HH NL 512E" in text
    assert "Blitz" in text
    assert car.vin in text


def test_a_wrong_number_stays_in_the_form_with_the_reason(signed_in):
    answer = signed_in(UserFactory.create()).post(
        page("vehicle-add"), {"vin": "WNLN5BZZZTH00O900", "code": "NL-4T8K-2W5"}
    )
    assert answer.status_code == 422
    assert 'value="WNLN5BZZZTH00O900"' in answer.text
    assert "14" in answer.context["form"].errors["vin"][0]


FOREIGN_PAGES = ["vehicle-detail", "vehicle-edit", "vehicle-photo", "vehicle-access", "transfer-offer"]


@pytest.mark.parametrize("name", [*FOREIGN_PAGES, "vehicle-release"])
def test_other_peoples_cars_do_not_exist(signed_in, name):
    car = own(UserFactory.create())
    assert signed_in(UserFactory.create()).get(page(name, car.pk)).status_code == 404


@pytest.mark.parametrize("name", [*FOREIGN_PAGES[1:], "vehicle-release"])
def test_a_shared_driver_changes_nothing_about_the_car(signed_in, name):
    car, driver = own(UserFactory.create()), UserFactory.create()
    share(car, driver)
    assert signed_in(driver).get(page(name, car.pk)).status_code == 404


def test_a_shared_driver_sees_only_what_the_task_needs(signed_in):
    owner, driver, guest = UserFactory.create(), UserFactory.create(), UserFactory.create()
    car = own(owner)
    share(car, driver, scope="basic", rights=["drive"])
    share(car, guest, scope="full")
    assert car.vin not in signed_in(driver).get(page("vehicle-detail", car.pk)).text
    assert car.vin in signed_in(guest).get(page("vehicle-detail", car.pk)).text


def test_a_push_fetches_only_the_part_that_changes(signed_in):
    owner = UserFactory.create()
    car = own(owner)
    text = signed_in(owner).get(page("vehicle-detail", car.pk), headers={"HX-Request": "true"}).text
    assert "<html" not in text
    assert car.vin in text


def test_a_transfer_goes_from_page_to_page(signed_in):
    old, new = UserFactory.create(), UserFactory.create()
    car = own(old)
    answer = signed_in(old).post(page("transfer-offer", car.pk), {"email": new.email})
    assert answer["Location"] == page("vehicle-detail", car.pk)
    offer = Transfer.objects.get()
    assert page("transfer-withdraw", offer.pk) in signed_in(old).get(answer["Location"]).text
    receiver = signed_in(new)
    assert page("incoming") in receiver.get(page("home")).text
    for shown in ("incoming", "transfer-detail"):
        args = [offer.pk] if shown == "transfer-detail" else []
        assert page("transfer-accept", offer.pk) in receiver.get(page(shown, *args)).text
    answer = receiver.post(page("transfer-accept", offer.pk))
    assert answer["Location"] == page("vehicle-edit", car.pk) + "?new=1"
    assert signed_in(old).get(page("vehicle-detail", car.pk)).status_code == 404


def test_an_offer_can_be_refused_and_withdrawn(signed_in):
    old, new = UserFactory.create(), UserFactory.create()
    offer = TransferFactory.create(vehicle=own(old), offered_by=old, email=new.email, expires_at=FAR)
    signed_in(new).post(page("transfer-refuse", offer.pk))
    offer.refresh_from_db()
    assert offer.state == Transfer.State.REFUSED
    second = TransferFactory.create(vehicle=own(old), offered_by=old, email=new.email, expires_at=FAR)
    signed_in(old).post(page("transfer-withdraw", second.pk))
    second.refresh_from_db()
    assert second.state == Transfer.State.WITHDRAWN
    assert signed_in(old).get(page("transfer-detail", second.pk)).status_code == 200
    assert signed_in(UserFactory.create()).get(page("transfer-detail", second.pk)).status_code == 404


@pytest.mark.parametrize("name", ["transfer-offer", "vehicle-release"])
def test_giving_a_car_away_asks_who_it_is_after_a_while(signed_in, name):
    owner = UserFactory.create()
    car = own(owner)
    answer = signed_in(owner, age=3600).get(page(name, car.pk))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_release_wants_an_explicit_yes(signed_in):
    owner = UserFactory.create()
    car = own(owner)
    browser = signed_in(owner)
    assert browser.post(page("vehicle-release", car.pk)).status_code == 422
    assert Vehicle.objects.owned_by(owner, timezone.now()).exists()
    assert browser.post(page("vehicle-release", car.pk), {"sure": "on"})["Location"] == page("home")
    assert not Vehicle.objects.visible_to(owner, timezone.now()).exists()


def test_access_is_shared_accepted_and_revoked_by_page(signed_in):
    owner, friend = UserFactory.create(), UserFactory.create()
    car = own(owner)
    last = timezone.localdate() + timedelta(days=7)
    form = {"email": friend.email, "rights": ["drive"], "scope": "basic", "last_day": last.isoformat()}
    assert signed_in(owner).post(page("vehicle-access", car.pk), form).status_code == 302
    invited = Share.objects.get()
    assert timezone.localtime(invited.until).date() == last + timedelta(days=1)
    assert page("share-accept", invited.pk) in signed_in(friend).get(page("incoming")).text
    answer = signed_in(friend).post(page("share-accept", invited.pk))
    assert answer["Location"] == page("vehicle-detail", car.pk)
    assert friend.display_name in signed_in(owner).get(page("vehicle-access", car.pk)).text
    signed_in(owner).post(page("share-end", invited.pk))
    assert signed_in(friend).get(page("vehicle-detail", car.pk)).status_code == 404


def test_a_driver_gives_access_back(signed_in):
    car, driver = own(UserFactory.create()), UserFactory.create()
    row = share(car, driver)
    browser = signed_in(driver)
    assert page("share-end", row.pk) in browser.get(page("vehicle-detail", car.pk)).text
    assert browser.post(page("share-end", row.pk))["Location"] == page("home")
    assert not Vehicle.objects.visible_to(driver, timezone.now()).exists()


def test_an_invitation_can_be_refused(signed_in):
    owner, friend = UserFactory.create(), UserFactory.create()
    invited = sharing.invite_to_share(
        by=owner, vehicle=own(owner), email=str(friend.email), rights=["drive"], now=timezone.now()
    )
    signed_in(friend).post(page("share-refuse", invited.pk))
    invited.refresh_from_db()
    assert invited.outcome == Share.Outcome.REFUSED


def test_the_photo_can_be_removed(signed_in):
    owner = UserFactory.create()
    car = own(owner)
    answer = signed_in(owner).post(page("photo-remove", car.pk))
    assert answer["Location"] == page("vehicle-detail", car.pk)


def test_staff_see_the_code_once(signed_in):
    browser = signed_in(UserFactory.create(role="staff"))
    form = {"vin": "WNLN5BZZZTH000900", "model": VehicleModelFactory.create().pk, "colour": "fjord"}
    answer = browser.post(page("staff-hand-over"), form)
    code = shown_code(answer)
    assert answer["Cache-Control"] == "no-store"
    car = Vehicle.objects.get()
    detail = browser.get(page("staff-vehicle", car.pk))
    assert code not in detail.text
    fresh = browser.post(page("staff-code", car.pk))
    assert code not in fresh.text
    owner = UserFactory.create()
    new_code = shown_code(fresh)
    handover.claim_vehicle(by=owner, vin=car.vin, code=new_code, now=timezone.now())
    refused = browser.post(page("staff-code", car.pk))
    assert refused["Location"] == page("staff-vehicle", car.pk)


def test_staff_find_a_car_by_part_of_its_number_or_plate(signed_in):
    car = own(UserFactory.create(), vin="WNLN5BZZZTH000777", plate="HH NL 512E")
    own(UserFactory.create(), plate="M X 1")
    browser = signed_in(UserFactory.create(role="staff"))
    for typed in ("000777", "hh nl 5", "HHNL512"):
        assert [row.pk for row in browser.get(page("staff-home"), {"q": typed}).context["vehicles"]] == [
            car.pk
        ]
    assert browser.get(page("staff-home"), {"q": "nothing"}).status_code == 200


@pytest.mark.parametrize("name", ["staff-home", "staff-hand-over"])
def test_the_handover_is_closed_to_owners(signed_in, name):
    assert signed_in(UserFactory.create()).get(page(name)).status_code == 403


@pytest.mark.parametrize("count", [1, 6])
def test_pages_need_as_many_queries_for_many_cars_as_for_one(signed_in, count, django_assert_max_num_queries):
    owner = UserFactory.create()
    cars = [own(owner) for _ in range(count)]
    for _ in range(count):
        share(cars[0], UserFactory.create())
    browser = signed_in(owner)
    browser.get(page("home"))
    with django_assert_max_num_queries(9):
        browser.get(page("home"))
    # Three of them for the cards of the workshop: what is due, recalls, wheels in store.
    with django_assert_max_num_queries(12):
        browser.get(page("vehicle-detail", cars[0].pk))
    with django_assert_max_num_queries(8):
        browser.get(page("vehicle-access", cars[0].pk))
    with django_assert_max_num_queries(8):
        browser.get(page("incoming"))


def test_the_page_of_a_car_shows_its_plan_and_next_visit_before_its_facts(signed_in):
    owner, now = UserFactory.create(), timezone.now()
    car, other = own(owner), own(owner)
    contract = subscribed(owner, car, now=now)
    workshop = make_workshop()
    visit = booking.book_appointment(
        by=owner,
        vehicle=car,
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=datetime.combine(coming_thursday(), time(8, 30), tzinfo=BERLIN),
        now=now,
        early_start=True,
    )
    browser = signed_in(owner)
    text = browser.get(page("vehicle-detail", car.pk)).text
    plan = text.index(reverse("subscriptions:contract-detail", args=[contract.pk]))
    next_visit = text.index(reverse("services:appointment-detail", args=[visit.pk]))
    assert plan < next_visit < text.index(car.vin)
    bare = browser.get(page("vehicle-detail", other.pk)).text
    assert reverse("subscriptions:home") in bare
    assert "card-visit" not in bare


def test_who_shares_a_car_sees_the_visit_they_may_bring_it_to_but_no_plan(signed_in):
    owner, driver = UserFactory.create(), UserFactory.create()
    car = own(owner)
    share(car, driver, rights=["drive"])
    subscribed(owner, car, now=timezone.now())
    assert "card-plan" not in signed_in(driver).get(page("vehicle-detail", car.pk)).text


def test_staff_see_who_owns_uses_and_is_offered_a_car(signed_in):
    before, owner, driver = (
        UserFactory.create(first_name=name, last_name="Lund") for name in ("Mara", "Karla", "Ole")
    )
    car = own(before)
    offer = TransferFactory.create(vehicle=car, offered_by=before, email=owner.email, expires_at=FAR)
    transfers.answer_transfer(by=owner, transfer=offer, accept=True, now=timezone.now())
    share(car, driver, rights=["drive"])
    TransferFactory.create(vehicle=car, offered_by=owner, email="jonas@example.org", expires_at=FAR)
    browser = signed_in(UserFactory.create(role="staff"))
    text = browser.get(page("staff-vehicle", car.pk)).text
    for words in ("Mara Lund", "Karla Lund", owner.email, "Ole Lund", car.vin, "bis 01.01.2100"):
        assert words in text
    assert before.email not in text, "who gave the car away is no longer to be written to about it"
    assert page("staff-code", car.pk) not in text


@pytest.mark.parametrize("count", [1, 6])
def test_the_staff_page_of_a_car_needs_as_many_queries_for_many_people_as_for_one(
    signed_in, count, django_assert_max_num_queries
):
    car = own(UserFactory.create())
    for _ in range(count):
        share(car, UserFactory.create())
    browser = signed_in(UserFactory.create(role="staff"))
    browser.get(page("staff-vehicle", car.pk))
    with django_assert_max_num_queries(10):
        browser.get(page("staff-vehicle", car.pk))
