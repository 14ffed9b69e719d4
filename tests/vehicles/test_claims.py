"""A second-hand buyer claims a car with its registration document; two of us decide."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Notice
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from documents import rights
from documents.errors import DocumentNotFound
from documents.models import Document
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory, sent
from tests.factories.vehicles import VehicleFactory, own
from vehicles import claims, ownership
from vehicles.errors import AlreadyYours
from vehicles.models import Ownership, OwnershipClaim, Vehicle

pytestmark = pytest.mark.django_db
LATER = timedelta(days=14, minutes=1)


@pytest.fixture
def seller():
    return UserFactory.create(first_name="Vera", last_name="Verkauft")


@pytest.fixture
def buyer():
    return UserFactory.create(first_name="Karl", last_name="Kauft")


@pytest.fixture
def desk():
    return [UserFactory.create(role="advisor") for _number in range(3)]


@pytest.fixture
def car(seller):
    return own(seller, plate="HH AB 123")


@contextmanager
def refused(code):
    with pytest.raises(Conflict) as caught:
        yield
    assert caught.value.code == code


def paper(person):
    return DocumentFactory.create(by=person, kind=claims.DOCUMENT_KIND)


def file(person, vin, now):
    return claims.file_claim(by=person, vin=vin, document=paper(person), now=now)


def decide(desk, claim, now, *, grants=True, reason="Der Name passt nicht."):
    for colleague in desk[:2]:
        claim = claims.give_verdict(
            by=colleague, claim=claim, grants=grants, reason="" if grants else reason, now=now
        )
    return claim


def test_after_two_weeks_without_objection_two_colleagues_pass_the_car_on(seller, buyer, desk, car, now):
    claim = file(buyer, car.vin, now)
    assert claim.recorded_owner == seller
    assert claim.objection_until == now + timedelta(days=14)
    then = now + LATER
    first = claims.give_verdict(by=desk[0], claim=claim, grants=True, now=then)
    assert first.state == OwnershipClaim.State.OPEN
    assert not Vehicle.objects.owned_by(buyer, then).exists()
    claims.give_verdict(by=desk[1], claim=claim, grants=True, now=then)
    before, after = Ownership.objects.filter(vehicle=car).order_by("period")
    assert (before.user, after.user) == (seller, buyer)
    assert before.period.upper == after.period.lower
    assert not Vehicle.objects.visible_to(seller, then).exists()
    car.refresh_from_db()
    assert car.plate == ""


def test_nobody_decides_while_the_recorded_owner_can_object(buyer, desk, car, now):
    claim = file(buyer, car.vin, now)
    with refused("claim_not_ripe"):
        claims.give_verdict(by=desk[0], claim=claim, grants=True, now=now + timedelta(days=13))


def test_an_owner_who_agrees_spares_the_buyer_the_wait(seller, buyer, desk, car, now):
    claim = file(buyer, car.vin, now)
    claims.answer_claim(by=seller, claim=claim, agrees=True, now=now)
    assert decide(desk, claim, now).state == OwnershipClaim.State.GRANTED


def test_an_objection_is_weighed_and_its_words_go_with_the_decision(seller, buyer, desk, car, now):
    claim = file(buyer, car.vin, now)
    with pytest.raises(Invalid):
        claims.answer_claim(by=seller, claim=claim, agrees=False, words="  ", now=now)
    claims.answer_claim(by=seller, claim=claim, agrees=False, words="Das ist mein Auto.", now=now)
    done = decide(desk, claim, now, grants=False)
    assert done.state == OwnershipClaim.State.REFUSED
    assert done.owner_words == ""
    assert Vehicle.objects.owned_by(seller, now).get() == car


def test_the_time_to_object_ends(seller, buyer, car, now):
    claim = file(buyer, car.vin, now)
    with refused("objection_over"):
        claims.answer_claim(by=seller, claim=claim, agrees=False, words="Nein!", now=now + LATER)


def test_a_car_that_nobody_owns_can_be_decided_at_once(buyer, desk, now):
    car = VehicleFactory.create()
    claim = file(buyer, car.vin, now)
    assert decide(desk, claim, now).state == OwnershipClaim.State.GRANTED
    assert Vehicle.objects.owned_by(buyer, now + timedelta(seconds=1)).get() == car


def test_an_unknown_number_answers_like_a_known_one_but_can_only_be_refused(buyer, desk, now):
    claim = file(buyer, "WNLN7CZZZTH009999", now)
    assert claim.state == OwnershipClaim.State.OPEN
    with refused("claim_no_car"):
        claims.give_verdict(by=desk[0], claim=claim, grants=True, now=now)
    assert decide(desk, claim, now, grants=False).state == OwnershipClaim.State.REFUSED


def test_one_colleague_alone_never_decides(buyer, desk, now):
    claim = file(buyer, VehicleFactory.create().vin, now)
    claims.give_verdict(by=desk[0], claim=claim, grants=True, now=now)
    with refused("verdict_given"):
        claims.give_verdict(by=desk[0], claim=claim, grants=True, now=now)
    split = claims.give_verdict(by=desk[1], claim=claim, grants=False, reason="Unscharf.", now=now)
    assert split.state == OwnershipClaim.State.OPEN
    assert claims.give_verdict(by=desk[2], claim=claim, grants=True, now=now).state == "granted"


def test_a_party_never_decides_nor_does_somebody_without_the_task(car, now):
    advisor = UserFactory.create(role="advisor")
    claim = file(advisor, car.vin, now)
    for person in (advisor, UserFactory.create(role="staff"), UserFactory.create()):
        with pytest.raises(NotAllowed):
            claims.give_verdict(by=person, claim=claim, grants=True, now=now + LATER)


def test_the_picture_is_seen_by_the_desk_only_and_erased_with_the_decision(seller, buyer, desk, car, now):
    claim = file(buyer, car.vin, now)
    for person in (seller, buyer, UserFactory.create(role="staff")):
        with pytest.raises(DocumentNotFound):
            rights.readable_document(user=person, pk=claim.document_id)
    assert rights.readable_document(user=desk[0], pk=claim.document_id) == claim.document
    decide(desk, claim, now + LATER)
    assert Document.objects.get(pk=claim.document_id).state == Document.State.ERASED
    with pytest.raises(DocumentNotFound):
        rights.readable_document(user=desk[0], pk=claim.document_id)


def test_the_same_claim_twice_is_one(buyer, seller, car, now):
    file(buyer, car.vin, now)
    with refused("claim_open"):
        file(buyer, car.vin, now)
    with pytest.raises(AlreadyYours):
        file(seller, car.vin, now)


def test_who_withdraws_can_claim_again(buyer, seller, car, now):
    claim = file(buyer, car.vin, now)
    with pytest.raises(NotFound):
        claims.withdraw_claim(by=seller, claim=claim, now=now)
    claims.withdraw_claim(by=buyer, claim=claim, now=now)
    assert Document.objects.get(pk=claim.document_id).state == Document.State.ERASED
    assert file(buyer, car.vin, now).pk != claim.pk


def test_both_sides_hear_every_step_and_never_who_the_other_is(
    seller, buyer, desk, car, now, run_reactions, deliver_outbox, mailoutbox
):
    claim = file(buyer, car.vin, now)
    run_reactions()
    claims.answer_claim(by=seller, claim=claim, agrees=False, words="Nein, meins.", now=now)
    run_reactions()
    decide(desk, claim, now, grants=False)
    run_reactions()
    deliver_outbox()
    told = {
        person: set(Notice.objects.filter(user=person).values_list("kind", flat=True))
        for person in (seller, buyer)
    }
    assert {"vehicles.claim_filed_owner", "vehicles.claim_refused_owner"} <= told[seller]
    assert {
        "vehicles.claim_filed_claimant",
        "vehicles.claim_objected",
        "vehicles.claim_refused_claimant",
    } <= told[buyer]
    letters = "".join(letter.subject + str(letter.body) for letter in mailoutbox if seller.email in letter.to)
    assert "Kauft" not in letters
    letters = "".join(letter.subject + str(letter.body) for letter in mailoutbox if buyer.email in letter.to)
    assert "Verkauft" not in letters
    assert "Nein, meins." not in letters


def test_a_car_sold_meanwhile_gives_its_new_owner_the_two_weeks(seller, buyer, car, now, run_reactions):
    claim = file(buyer, car.vin, now)
    claims.answer_claim(by=seller, claim=claim, agrees=True, now=now)
    ownership.release_vehicle(by=seller, vehicle=car, now=now)
    other = UserFactory.create()
    later = now + timedelta(days=1)
    ownership.begin_ownership(vehicle=car, user=other, at=later)
    claims.follow_new_owner(vehicle_id=car.pk, now=later)
    claim.refresh_from_db()
    assert (claim.recorded_owner, claim.owner_answer) == (other, "")
    assert claim.objection_until == later + timedelta(days=14)


def test_whoever_gets_the_car_otherwise_needs_no_claim(seller, buyer, car, now):
    claim = file(buyer, car.vin, now)
    ownership.release_vehicle(by=seller, vehicle=car, now=now)
    later = now + timedelta(days=1)
    ownership.begin_ownership(vehicle=car, user=buyer, at=later)
    claims.follow_new_owner(vehicle_id=car.pk, now=later)
    claim.refresh_from_db()
    assert claim.state == OwnershipClaim.State.WITHDRAWN


def test_pages_take_the_claim_and_show_each_side_its_own(client, seller, buyer, desk, car, clean_documents):
    client.force_login(buyer)
    page = client.post(
        reverse("vehicles:claim-create"), {"vin": car.vin, "document": sent(), "idempotency_key": "k1"}
    )
    claim = OwnershipClaim.objects.get()
    assert page["Location"] == reverse("vehicles:claim-detail", args=[claim.pk])
    assert clean_documents() == 1
    assert "widersprechen" not in client.get(page["Location"]).content.decode()
    client.force_login(seller)
    shown = client.get(reverse("vehicles:claim-detail", args=[claim.pk])).content.decode()
    assert "Kauft" not in shown
    assert reverse("vehicles:claim-object", args=[claim.pk]) in shown
    client.post(reverse("vehicles:claim-object", args=[claim.pk]), {"words": "Das ist meins."})
    client.force_login(desk[0])
    staff = client.get(reverse("vehicles:staff-claim", args=[claim.pk])).content.decode()
    assert "Das ist meins." in staff
    assert "Karl Kauft" in staff
    for colleague in desk[:2]:
        client.force_login(colleague)
        client.post(
            reverse("vehicles:staff-claim", args=[claim.pk]), {"grants": "no", "reason": "Falscher Name."}
        )
    client.force_login(buyer)
    assert "Falscher Name." in client.get(reverse("vehicles:claim-detail", args=[claim.pk])).content.decode()


def test_a_claim_without_a_document_keeps_what_was_typed(client, buyer, car):
    client.force_login(buyer)
    page = client.post(reverse("vehicles:claim-create"), {"vin": car.vin})
    assert page.status_code == 422
    assert car.vin in page.content.decode()
    assert not OwnershipClaim.objects.exists()


def test_a_stranger_finds_no_claim(client, buyer, car, now):
    claim = file(buyer, car.vin, now)
    client.force_login(UserFactory.create())
    for name in ("claim-detail", "claim-object"):
        assert client.get(reverse(f"vehicles:{name}", args=[claim.pk])).status_code == 404
    for name in ("claim-agree", "claim-withdraw"):
        assert client.post(reverse(f"vehicles:{name}", args=[claim.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_the_desk_reads_its_list_in_few_queries(client, desk, count, now, django_assert_max_num_queries):
    for _number in range(count):
        file(UserFactory.create(), VehicleFactory.create().vin, now)
    client.force_login(desk[0])
    client.get(reverse("vehicles:staff-claims"))
    with django_assert_max_num_queries(8):
        client.get(reverse("vehicles:staff-claims"))
