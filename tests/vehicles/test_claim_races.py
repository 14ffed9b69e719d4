"""Claims to one car at the same moment have one winner."""

from datetime import timedelta

from journal.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.vehicles import VehicleFactory, own
from vehicles import claims
from vehicles.models import Ownership, OwnershipClaim

LATER = timedelta(days=14, minutes=1)


def paper(person):
    return DocumentFactory.create(by=person, kind=claims.DOCUMENT_KIND)


def file(person, vin, now):
    return claims.file_claim(by=person, vin=vin, document=paper(person), now=now)


def test_two_claims_decided_at_once_have_one_winner(committing_db, race, now):
    car = own(UserFactory.create())
    desk = [UserFactory.create(role="advisor") for _number in range(4)]
    buyers = [UserFactory.create() for _number in range(2)]
    filed = [file(buyer, car.vin, now) for buyer in buyers]
    then = now + LATER
    for claim, colleague in zip(filed, desk[:2], strict=True):
        claims.give_verdict(by=colleague, claim=claim, grants=True, now=then)
    answers = race(
        [
            lambda claim=claim, colleague=colleague: claims.give_verdict(
                by=colleague, claim=claim, grants=True, now=then
            )
            for claim, colleague in zip(filed, desk[2:], strict=True)
        ]
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "OwnershipClaim"], answers
    owners = Ownership.objects.filter(vehicle=car, period__upper_inf=True)
    assert owners.count() == 1
    assert owners.get().user in buyers
    assert Event.objects.filter(kind="vehicles.claim_granted").count() == 1


def test_filing_twice_at_once_makes_one_claim(committing_db, race, now):
    car, buyer = VehicleFactory.create(), UserFactory.create()
    papers = [paper(buyer) for _number in range(2)]
    answers = race(
        [lambda one=one: claims.file_claim(by=buyer, vin=car.vin, document=one, now=now) for one in papers]
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "OwnershipClaim"], answers
    assert OwnershipClaim.objects.count() == 1
