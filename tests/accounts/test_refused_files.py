"""A file that the worker refused: whoever sent it reads why in the inbox."""

import pytest
from django.urls import reverse

from accounts.models import Notice
from documents.errors import REFUSALS
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory, picture_bytes

pytestmark = pytest.mark.django_db


def test_the_uploader_is_told_which_file_and_why(client, run_reactions):
    anna = UserFactory.create()
    DocumentFactory.received(by=anna, content=picture_bytes(size=(900, 900))[:3000], name="Kratzer.jpg")
    run_reactions()
    assert Notice.objects.get(kind="accounts.file_refused").user == anna
    client.force_login(anna)
    page = client.get(reverse("accounts:notices")).text
    assert "Kratzer" in page
    assert str(REFUSALS["file_damaged"]) in page


def test_a_good_file_tells_nobody(run_reactions):
    DocumentFactory.received(by=UserFactory.create())
    run_reactions()
    assert not Notice.objects.filter(kind="accounts.file_refused").exists()
