"""Several cars for one person at once, by a role."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.errors import Invalid, NotFound
from tests.factories.accounts import UserFactory, company
from tests.factories.vehicles import own, own_for, share
from vehicles import garage_sharing
from vehicles.errors import AlreadyShared
from vehicles.models import Share

pytestmark = pytest.mark.django_db
FRIDA = "frida@example.org"


@pytest.fixture
def anna() -> User:
    user: User = UserFactory.create()
    return user


def give(anna: User, cars: list[Any], now: datetime, **terms: Any) -> list[Share]:
    asked = {"email": FRIDA, "role": "family", "now": now, **terms}
    return garage_sharing.share_garage(by=anna, vehicles=cars, **asked)


@pytest.mark.parametrize(
    ("role", "rights"),
    [("family", ["drive", "charge", "service"]), ("driver", ["drive", "charge"]), ("helper", ["service"])],
)
def test_each_role_brings_its_rights_on_every_car(
    anna: User, now: datetime, role: str, rights: list[str]
) -> None:
    cars, until = [own(anna), own(anna)], now + timedelta(days=30)
    made = give(anna, cars, now, role=role, scope="full", until=until)
    assert {row.vehicle for row in made} == set(cars)
    assert {(tuple(row.rights), row.scope, row.until) for row in made} == {(tuple(rights), "full", until)}


def test_it_is_all_cars_or_none(anna: User, now: datetime) -> None:
    with pytest.raises(NotFound):
        give(anna, [own(anna), own(UserFactory.create())], now)
    for wrong in ({"role": "boss"}, {"until": now}, {"scope": "nothing"}, {"email": str(anna.email)}):
        with pytest.raises(Invalid):
            give(anna, [own(anna)], now, **wrong)
    with pytest.raises(Invalid):
        give(anna, [], now)
    assert not Share.objects.exists()


def test_what_somebody_has_already_stays_as_it_is(anna: User, now: datetime) -> None:
    one, two = own(anna), own(anna)
    frida = UserFactory.create(email=FRIDA)
    held = share(one, frida, rights=["drive"])
    assert [row.vehicle for row in give(anna, [one, two], now)] == [two]
    held.refresh_from_db()
    assert held.rights == ["drive"]
    with pytest.raises(AlreadyShared):
        give(anna, [one, two], now)


def test_the_page_offers_ones_own_cars_and_keeps_what_was_typed(
    client: Client, anna: User, now: datetime
) -> None:
    cars = [own(anna, plate="HH FA 1E"), own(anna, plate="HH FA 2E")]
    fleet = own_for(company(anna))
    client.force_login(anna)
    page = reverse("vehicles:garage-share")
    assert page in client.get(reverse("vehicles:people")).text
    assert set(client.get(page).context["form"].fields["vehicles"].queryset) == set(cars)
    typed = {
        "email": FRIDA,
        "extent": "chosen",
        "role": "driver",
        "scope": "basic",
        "vehicles": [cars[0].pk, fleet.pk],
    }
    refused = client.post(page, typed)
    assert (refused.status_code, FRIDA in refused.text) == (422, True)
    for _press in range(2):
        client.post(page, {**typed, "vehicles": [car.pk for car in cars], "idempotency_key": "k"})
    assert Share.objects.filter(email=FRIDA).count() == 2


def test_the_api_shares_alike(client: Client, anna: User) -> None:
    cars = [own(anna), own(anna)]
    client.force_login(anna)
    body = {"vehicles": [car.pk for car in cars], "email": FRIDA, "role": "helper"}

    def send(**changed: Any) -> Any:
        return client.post("/api/v1/shares/garage/", {**body, **changed}, content_type="application/json")

    assert send(vehicles=[own(UserFactory.create()).pk]).status_code == 404
    assert send(role="boss").status_code == 400
    made = send()
    assert made.status_code == 201, made.text
    assert [row["rights"] for row in made.json()] == [["service"]] * 2
    assert send().json()["code"] == "already_shared"
