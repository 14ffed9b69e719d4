"""A consent's receipt as a PDF: archivable, in the words of then, the same file every time."""

from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.consents import consents
from tests.accounts.test_consents import give
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def fetched(client, entry):
    answer = client.get(reverse("accounts:consent-receipt-paper", args=[entry.code]))
    return answer, b"".join(answer.streaming_content) if answer.status_code == 200 else b""


def test_the_receipt_is_a_paper_that_can_be_archived_and_read(client, now):
    anna = UserFactory.create(first_name="Anna", last_name="Öhlmann")
    client.force_login(anna)
    give(anna, now=now)
    entry = consents.entries_of(anna).get()
    answer, content = fetched(client, entry)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    with pikepdf.open(BytesIO(content)) as pdf:
        assert pdf.open_metadata().pdfa_status == "2A"
    text = " ".join(PdfReader(BytesIO(content)).pages[0].extract_text().split())
    assert entry.code in text
    assert "Anna Öhlmann" in text
    assert "24. November" in text
    assert fetched(client, entry)[1] == content
    client.force_login(UserFactory.create())
    assert fetched(client, entry)[0].status_code == 404
