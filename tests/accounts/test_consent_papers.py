"""A consent's receipt as a PDF: archivable, in the words of then, the same file every time."""

from io import BytesIO

import pikepdf
import pytest
from django.core import mail
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


def test_the_api_hands_out_the_paper_and_mails_it_to_its_person_only(client, now, deliver_outbox):
    user = UserFactory.create()
    text = consents.current_text(consents.MARKETING_MAIL)
    entry = consents.give_consent(
        by=user, purpose=text.purpose, version=text.version, way=consents.Way.API, now=now
    )
    url = f"/api/v1/consents/{entry.pk}/"
    client.force_login(user)
    answer = client.get(f"{url}paper/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert client.post(f"{url}mail/").status_code == 202
    deliver_outbox()
    assert [(letter.to, entry.code in letter.subject) for letter in mail.outbox] == [([user.email], True)]
    client.force_login(UserFactory.create())
    assert client.get(f"{url}paper/").status_code == 404
    assert client.post(f"{url}mail/").status_code == 404
