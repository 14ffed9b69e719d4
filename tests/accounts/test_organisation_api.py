"""Addresses, organisations, members and invitations in the API: twins of the pages."""

import pytest
from rest_framework.test import APIClient

from accounts.models import MemberInvitation, Membership, Organisation
from tests.factories.accounts import UserFactory, company, member

pytestmark = pytest.mark.django_db


def client_of(user) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def boss():
    return UserFactory.create()


@pytest.fixture
def acme(boss):
    return company(boss, vat_id="DE136695976")


def test_an_address_is_set_read_and_deleted_by_its_purpose(boss):
    api = client_of(boss)
    body = {"street": "Deichstraße 4", "postcode": "20459", "town": "Hamburg", "country": "DE"}
    assert api.put("/api/v1/addresses/home/", body, format="json").status_code == 200
    assert api.get("/api/v1/addresses/home/").json()["town"] == "Hamburg"
    wrong = api.put("/api/v1/addresses/home/", {**body, "postcode": "00000"}, format="json")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["postcode"])
    assert client_of(UserFactory.create()).get("/api/v1/addresses/home/").status_code == 404
    assert api.delete("/api/v1/addresses/home/").status_code == 204
    assert api.get("/api/v1/addresses/").json()["results"] == []


def test_an_organisation_is_created_and_changed(boss):
    api = client_of(boss)
    made = api.post("/api/v1/organisations/", {"name": "ACME", "legal_form": "gmbh"}, format="json")
    assert (made.status_code, made.json()["role"]) == (201, "administrator")
    url = f"/api/v1/organisations/{made.json()['id']}/"
    assert api.patch(url, {"vat_id": "DE 136695976"}, format="json").json()["vat_id"] == "DE136695976"
    assert api.patch(url, {"vat_id": "DE1"}, format="json").status_code == 400


def test_drivers_see_the_name_of_their_organisation_and_nothing_of_its_business(acme):
    driver = member(acme)
    api = client_of(driver)
    shown = api.get(f"/api/v1/organisations/{acme.pk}/").json()
    assert (shown["role"], shown["vat_id"]) == ("driver", "")
    assert [row["person"] for row in api.get("/api/v1/members/").json()["results"]] == [driver.pk]
    assert api.patch(f"/api/v1/organisations/{acme.pk}/", {"name": "X"}, format="json").status_code == 403


def test_strangers_find_nothing(acme):
    api = client_of(UserFactory.create())
    held = Membership.objects.get()
    for url in (f"/api/v1/organisations/{acme.pk}/", f"/api/v1/members/{held.pk}/"):
        assert api.get(url).status_code == 404
    answer = api.post(
        "/api/v1/member-invitations/", {"organisation": acme.pk, "email": "a@example.org"}, format="json"
    )
    assert answer.status_code == 404
    assert Organisation.objects.visible_to(UserFactory.create()).count() == 0


def test_a_member_is_invited_accepts_changes_and_is_removed(boss, acme):
    ben = UserFactory.create()
    api = client_of(boss)
    sent = api.post(
        "/api/v1/member-invitations/", {"organisation": acme.pk, "email": ben.email}, format="json"
    )
    assert sent.status_code == 201
    mine = client_of(ben).get("/api/v1/member-invitations/").json()["results"]
    assert [row["mine"] for row in mine] == [True]
    held = client_of(ben).post(f"/api/v1/member-invitations/{sent.json()['id']}/accept/").json()
    url = f"/api/v1/members/{held['id']}/"
    assert api.patch(url, {"role": "fleet"}, format="json").json()["role"] == "fleet"
    assert client_of(ben).patch(url, {"role": "administrator"}, format="json").status_code == 403
    assert api.delete(url).status_code == 204
    assert client_of(ben).get("/api/v1/organisations/").json()["results"] == []


def test_an_invitation_is_withdrawn(boss, acme):
    row = MemberInvitation.objects.create(
        organisation=acme,
        email="a@example.org",
        role="driver",
        invited_by=boss,
        invited_at="2026-01-01T00:00Z",
        expires_at="2099-01-01T00:00Z",
    )
    answer = client_of(boss).post(f"/api/v1/member-invitations/{row.pk}/withdraw/")
    assert answer.json()["outcome"] == "withdrawn"


def test_the_invoice_address_is_set_by_administrators_and_read_by_those_who_run_it(boss, acme):
    address = f"/api/v1/organisations/{acme.pk}/invoice-address/"
    typed = {"street": "Am Deich 12", "postcode": "21107", "town": "Hamburg"}
    assert client_of(boss).get(address).status_code == 404
    assert client_of(boss).put(address, {**typed, "postcode": "00001"}, format="json").status_code == 400
    assert client_of(boss).put(address, typed, format="json").json()["purpose"] == "invoice"
    for role, write, read in (("fleet", 403, 200), ("driver", 403, 404)):
        person = client_of(member(acme, role))
        assert person.put(address, typed, format="json").status_code == write
        assert person.get(address).status_code == read
    stranger = client_of(UserFactory.create())
    assert (stranger.get(address).status_code, stranger.put(address, typed, format="json").status_code) == (
        404,
        404,
    )
