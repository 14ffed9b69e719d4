"""Photos of cars: documents that are checked first, shown only to those who see the car."""

import pytest
from django.urls import reverse

from documents.models import Document
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory, picture_bytes, sent
from tests.factories.vehicles import own, share
from vehicles import garage, ownership
from vehicles.ownership import PHOTO_KIND

pytestmark = pytest.mark.django_db


def page(name, car):
    return reverse(f"vehicles:{name}", args=[car.pk])


def upload(client, car, content=None):
    return client.post(page("vehicle-photo", car), {"photo": sent(content)})


def with_photo(owner, now):
    car = own(owner)
    photo = DocumentFactory.create(by=owner, kind=PHOTO_KIND, now=now)
    return garage.edit_vehicle(by=owner, vehicle=car, changes={"photo": photo}, now=now)


def test_a_photo_shows_once_it_was_checked(signed_in, clean_documents):
    owner = UserFactory.create()
    car = own(owner)
    browser = signed_in(owner)
    assert upload(browser, car).status_code == 302
    photo = Document.objects.get()
    address = reverse("documents:document-detail", args=[photo.pk])
    waiting = browser.get(page("vehicle-detail", car)).text
    assert f'data-live-topic="document:{photo.pk}"' in waiting
    assert address + '"' not in waiting
    clean_documents()
    assert f'src="{address}"' in browser.get(page("vehicle-detail", car)).text


def test_only_those_who_see_the_car_get_its_photo(signed_in, now):
    owner, driver, stranger = UserFactory.create(), UserFactory.create(), UserFactory.create()
    car = with_photo(owner, now)
    share(car, driver, rights=["drive"])
    url = reverse("documents:document-detail", args=[car.photo_id])
    for person in (owner, driver):
        answer = signed_in(person).get(url)
        assert answer["Content-Type"] == "image/webp"
        assert "private" in answer["Cache-Control"]
        assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    assert signed_in(stranger).get(url).status_code == 404


def test_a_refused_photo_is_explained_beside_the_field(signed_in):
    owner = UserFactory.create()
    answer = upload(signed_in(owner), own(owner), b"<svg/>")
    assert answer.status_code == 422
    assert answer.context["form"].errors["photo"]


def test_a_photo_refused_by_the_check_says_why_where_one_can_send_another(signed_in, clean_documents):
    owner = UserFactory.create()
    car = own(owner)
    browser = signed_in(owner)
    upload(browser, car, picture_bytes(size=(900, 900))[:3000])
    clean_documents()
    assert Document.objects.get().refusal_words in browser.get(page("vehicle-edit", car)).text
    assert browser.get(page("vehicle-detail", car)).status_code == 200


def test_a_new_photo_erases_the_one_before(now):
    owner = UserFactory.create()
    car = with_photo(owner, now)
    before = car.photo
    after = DocumentFactory.create(by=owner, kind=PHOTO_KIND, now=now)
    car = garage.edit_vehicle(by=owner, vehicle=car, changes={"photo": after}, now=now)
    before.refresh_from_db()
    assert (before.state, car.photo) == ("erased", after)


def test_a_removed_photo_is_erased(signed_in, now):
    owner = UserFactory.create()
    car = with_photo(owner, now)
    signed_in(owner).post(page("photo-remove", car))
    assert Document.objects.get().state == "erased"
    car.refresh_from_db()
    assert car.photo is None


def test_the_photo_leaves_with_its_owner(now, run_reactions):
    owner = UserFactory.create()
    car = with_photo(owner, now)
    name, storage = car.photo.file.name, car.photo.file.storage
    ownership.release_vehicle(by=owner, vehicle=car, now=now)
    assert Document.objects.get().state == "erased"
    run_reactions()
    assert not storage.exists(name)
    car.refresh_from_db()
    assert car.photo is None


def test_the_api_sends_sets_shows_and_erases_a_photo(signed_in, clean_documents):
    owner = UserFactory.create()
    car = own(owner)
    api = signed_in(owner)
    sent_photo = api.post("/api/v1/documents/", {"kind": PHOTO_KIND, "file": sent()}).json()
    address = f"/api/v1/vehicles/{car.pk}/"
    json = {"content_type": "application/json"}
    assert api.patch(address, {"photo": sent_photo["id"]}, **json).json()["photo_url"] is None
    clean_documents()
    shown = api.get(address).json()["photo_url"]
    assert b"".join(api.get(shown).streaming_content)[8:12] == b"WEBP"
    assert api.patch(address, {"photo": None}, **json).json()["photo_url"] is None
    assert Document.objects.get().state == "erased"


def test_somebody_elses_file_can_not_become_a_photo(signed_in):
    owner = UserFactory.create()
    other = DocumentFactory.create(by=UserFactory.create(), kind=PHOTO_KIND)
    answer = signed_in(owner).patch(
        f"/api/v1/vehicles/{own(owner).pk}/", {"photo": other.pk}, content_type="application/json"
    )
    assert answer.status_code == 404
    assert list(answer.json()["errors"]) == ["photo"]
