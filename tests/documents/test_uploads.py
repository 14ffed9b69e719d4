"""Uploads: looked at when they come, drawn anew by the worker, readable through a right only."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from documents.errors import UploadRefused
from documents.models import Document
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory

pytestmark = pytest.mark.django_db


def test_an_upload_waits_and_is_drawn_anew_by_the_worker(run_reactions):
    document = DocumentFactory.received(by=UserFactory.create())
    assert document.is_checking
    original = document.received.name
    run_reactions()
    document.refresh_from_db()
    assert document.is_ready
    assert not document.received
    assert document.media_type == "image/webp"
    assert document.sha256 in str(document.file.name)
    assert original
    with document.file.open("rb") as kept:
        picture = Image.open(BytesIO(kept.read()))
    assert (picture.format, picture.size) == ("WEBP", (80, 60))


def test_its_owner_reads_it_and_nobody_else(client):
    owner, other = UserFactory.create(), UserFactory.create()
    document = DocumentFactory.create(by=owner)
    address = reverse("documents:document-detail", args=[document.pk])
    assert client.get(address).status_code == 302
    client.force_login(other)
    assert client.get(address).status_code == 404
    client.force_login(owner)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "file_type"),
        (b"\xff\xd8\xff\xe0 not really", "file_damaged"),
    ],
)
def test_what_is_no_picture_is_refused_at_once(content, code):
    with pytest.raises(UploadRefused) as refused:
        DocumentFactory.received(by=UserFactory.create(), content=content)
    assert refused.value.code == code
    assert not Document.objects.exists()
