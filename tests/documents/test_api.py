"""Documents in the API: sending, asking, fetching."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents import registry, rights
from documents.models import Document
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory, picture_bytes

pytestmark = pytest.mark.django_db
URL = "/api/v1/documents/"
OPEN = "tests.open"
registry.register_kind(
    registry.DocumentKind(OPEN, "Bild", rights.owner_may_read, may_upload=lambda user: user.is_authenticated)
)


@pytest.fixture
def anna():
    return UserFactory.create()


@pytest.fixture
def api(anna):
    client = Client()
    client.force_login(anna)
    return client


def send(api, content=None, kind=OPEN, key=None, name="photo.jpg"):
    file = SimpleUploadedFile(name, picture_bytes() if content is None else content)
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(URL, {"kind": kind, "file": file}, headers=headers)


def test_a_file_is_sent_checked_and_fetched(api, clean_documents):
    answer = send(api)
    assert answer.status_code == 201
    sent = answer.json()
    assert (sent["state"], sent["content_url"], sent["name"]) == ("checking", None, "photo")
    assert api.get(f"{URL}{sent['id']}/content/").status_code == 404
    assert clean_documents() == 1
    ready = api.get(f"{URL}{sent['id']}/").json()
    assert (ready["state"], ready["media_type"], ready["width"]) == ("ready", "image/webp", 80)
    content = api.get(ready["content_url"])
    assert b"".join(content.streaming_content)[8:12] == b"WEBP"


def test_a_refused_file_is_a_problem_with_a_stable_code(api):
    answer = send(api, b"<svg/>")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "file_type"
    assert send(api, b"").json()["code"] == "file_empty"


def test_a_file_refused_later_says_why(api, clean_documents):
    document = send(api, picture_bytes(size=(900, 900))[:3000]).json()
    clean_documents()
    later = api.get(f"{URL}{document['id']}/").json()
    assert (later["state"], later["refusal"]) == ("refused", "file_damaged")
    assert later["reason"]


def test_the_same_key_and_file_are_one_document_and_another_file_is_a_mistake(api):
    first, again = send(api, key="k1"), send(api, key="k1")
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Document.objects.count() == 1
    assert send(api, picture_bytes(colour="red"), key="k1").status_code == 422


@pytest.mark.parametrize("kind", ["tests.picture", "nobody.knows", ""])
def test_only_kinds_that_are_open_to_it_can_be_sent(api, kind):
    answer = send(api, kind=kind)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["kind"]


def test_foreign_documents_do_not_exist(api):
    other = DocumentFactory.create(by=UserFactory.create())
    assert api.get(f"{URL}{other.pk}/").status_code == 404
    assert api.get(f"{URL}{other.pk}/content/").status_code == 404


def test_json_is_not_a_file(api):
    assert api.post(URL, {"kind": OPEN}, content_type="application/json").status_code == 415
    assert api.post(URL, {"kind": OPEN}).json()["errors"].keys() == {"file"}
