"""What people tell of themselves: phone, addresses, formats, photo."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import addresses, photos, profile
from accounts.models import Address
from common.errors import Invalid, NotAllowed, NotFound
from common.money import format_money
from common.templatetags.typography import number, short_day
from common.writing import written_as
from documents.models import Document
from tests.factories.accounts import UserFactory, company, member
from tests.factories.documents import DocumentFactory

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return UserFactory.create()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("040 123456", "+49 40 123456"), ("0045 32 12 34 56", "+45 32 12 34 56"), ("", "")],
)
def test_a_number_is_kept_as_it_is_dialled_from_abroad(anna, typed, kept):
    assert profile.change_profile(by=anna, changes={"phone": typed}).phone == kept


@pytest.mark.parametrize("typed", ["12", "ask me", "+49", "0171 1234567890123456"])
def test_what_is_no_number_is_refused(anna, typed):
    with pytest.raises(Invalid) as error:
        profile.change_profile(by=anna, changes={"phone": typed})
    assert error.value.field == "phone"


def address(by, **changes):
    values = {"street": "Deichstraße 4", "postcode": "20459", "town": "Hamburg", "country": "DE"}
    return addresses.change_address(by=by, **{**values, **changes})


@pytest.mark.parametrize("postcode", ["00000", "01000", "99999", "2045", "2045A", "٢٠٤٥٩", ""])
def test_an_impossible_german_postcode_is_refused(anna, postcode):
    with pytest.raises(Invalid) as error:
        address(anna, postcode=postcode)
    assert error.value.field == "postcode"


@pytest.mark.parametrize(
    ("postcode", "country"), [("01067", "DE"), ("99998", "DE"), ("SW1A 2AA", "GB"), ("", "AE")]
)
def test_postcodes_of_all_countries_are_taken(anna, postcode, country):
    assert address(anna, postcode=postcode, country=country).postcode == postcode


def test_a_country_that_does_not_exist_is_refused(anna):
    for country in ("ZZ", "EU", "Germany"):
        with pytest.raises(Invalid):
            address(anna, country=country)


def test_countries_are_named_in_the_readers_language_with_the_neighbours_first():
    with translation.override("de"):
        assert {code for code, _ in addresses.country_choices()[:3]} == {"DE", "AT", "CH"}
        assert addresses.country_name("DK") == "Dänemark"
    with translation.override("en"):
        assert addresses.country_name("DK") == "Denmark"


def test_each_purpose_has_one_address_that_can_be_deleted(anna):
    address(anna)
    address(anna, purpose="invoice", recipient="Anna Lindqvist", extra="c/o Kanzlei")
    assert set(addresses.addresses_of(anna)) == {"home", "invoice"}
    addresses.remove_address(by=anna, purpose="invoice")
    with pytest.raises(NotFound):
        addresses.remove_address(by=anna, purpose="invoice")
    assert set(addresses.addresses_of(anna)) == {"home"}


def test_only_administrators_change_the_invoice_address_of_an_organisation(anna):
    acme = company(anna)
    address(anna, organisation=acme, purpose="invoice")
    with pytest.raises(NotAllowed):
        address(member(acme, "fleet"), organisation=acme, purpose="invoice")
    assert Address.objects.get(organisation=acme).user is None


@pytest.mark.parametrize(
    ("style", "day", "amount", "figure"),
    [
        ("", "24.11.2026", "1.234,50\N{NO-BREAK SPACE}€", "12.345"),
        ("gb", "24/11/2026", "1,234.50\N{NO-BREAK SPACE}€", "12,345"),
        (
            "iso",
            "2026-11-24",
            "1\N{NARROW NO-BREAK SPACE}234.50\N{NO-BREAK SPACE}€",
            "12\N{NARROW NO-BREAK SPACE}345",
        ),
    ],
)
def test_dates_and_numbers_are_written_as_the_reader_chose(style, day, amount, figure):
    with translation.override("de"), written_as(style):
        assert short_day(date(2026, 11, 24)) == day
        assert format_money(1234_50) == amount
        assert number(12345) == figure


def test_pages_are_written_in_the_chosen_formats(anna):
    company(anna)
    client = Client()
    client.force_login(anna)
    url = reverse("accounts:organisations")
    assert "01.01.2026" in client.get(url).content.decode()
    profile.change_profile(by=anna, changes={"formats": "iso"})
    assert "2026-01-01" in client.get(url).content.decode()


def photo(anna, clean_documents):
    document = DocumentFactory.create(by=anna, kind=photos.KIND)
    photos.set_photo(by=anna, document=document, now=NOW)
    clean_documents()
    document.refresh_from_db()
    photos.show_photo(document=document, now=NOW)
    anna.refresh_from_db()
    return document


def test_a_photo_is_seen_by_staff_and_co_members_and_nobody_else(anna, clean_documents):
    acme = company(anna)
    document = photo(anna, clean_documents)
    assert anna.photo == document
    url = reverse("documents:document-detail", args=[document.pk])
    seen = {}
    for name, person in {
        "herself": anna,
        "staff": UserFactory.create(role="staff"),
        "driver": member(acme),
        "stranger": UserFactory.create(),
    }.items():
        client = Client()
        client.force_login(person)
        seen[name] = client.get(url).status_code
    assert seen == {"herself": 200, "staff": 200, "driver": 200, "stranger": 404}


def test_the_profile_waits_for_the_photo_and_fetches_it_alone(anna, clean_documents, client):
    document = DocumentFactory.received(by=anna, kind=photos.KIND)
    photos.set_photo(by=anna, document=document, now=NOW)
    client.force_login(anna)
    url = reverse("accounts:profile")
    assert f'data-live-topic="document:{document.pk}"' in client.get(url).content.decode()
    clean_documents()
    document.refresh_from_db()
    photos.show_photo(document=document, now=NOW)
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert reverse("documents:document-detail", args=[document.pk]) in part
    assert "<html" not in part
    assert 'data-live-topic="document:' not in client.get(url).content.decode()


def test_a_new_photo_replaces_the_old_and_a_deleted_one_is_gone(anna, clean_documents):
    first = photo(anna, clean_documents)
    second = photo(anna, clean_documents)
    assert anna.photo == second
    assert not Document.objects.not_erased().filter(pk=first.pk).exists()
    photos.remove_photo(by=anna, now=NOW)
    anna.refresh_from_db()
    assert anna.photo is None
    assert not Document.objects.not_erased().exists()


def test_an_app_sets_and_erases_the_photo_by_its_own_document(anna, clean_documents):
    client, url = Client(), "/api/v1/me/photo/"
    client.force_login(anna)

    def send(document):
        return client.put(url, {"document": document.pk}, content_type="application/json").status_code

    theirs = DocumentFactory.create(by=UserFactory.create(), kind=photos.KIND)
    other = DocumentFactory.create(by=anna, kind="accounts.case_picture")
    assert (send(theirs), send(other)) == (404, 404)
    mine = DocumentFactory.received(by=anna, kind=photos.KIND)
    assert send(mine) == 204
    assert client.get("/api/v1/me/").json()["photo_url"] is None  # not yet checked
    clean_documents()
    mine.refresh_from_db()
    photos.show_photo(document=mine, now=NOW)
    assert client.get("/api/v1/me/").json()["photo_url"] == f"/api/v1/documents/{mine.pk}/content/"
    assert client.delete(url).status_code == 204
    assert client.get("/api/v1/me/").json()["photo_url"] is None
