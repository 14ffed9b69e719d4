"""Every mail is addressed, laid out and sent in one way."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as outgoing
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import get_language

from accounts.telling import inbox, mail
from common.templatetags.typography import clock
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def at_noon(params: dict[str, Any]) -> dict[str, Any]:
    return {"time": clock(NOON)}


inbox.register_notice("tests.noon", title="%(time)s", mail=True, shape=at_noon)


def test_a_mail_tells_times_in_its_reader_s_zone() -> None:
    for zone in ("Europe/Berlin", "America/New_York"):
        notice = inbox.notify(user=UserFactory.create(time_zone=zone), kind="tests.noon")
        mail.deliver(f"notice:{notice.pk}", {"notice": notice.pk}, now=NOON)
    assert [letter.subject for letter in outgoing.outbox] == ["14:00", "08:00"]


def test_an_address_without_an_account_is_written_to_in_berlin_time() -> None:
    with mail.written_for(None, language="en"):
        assert get_language() == "en"
        assert timezone.get_current_timezone_name() == "Europe/Berlin"
    with mail.written_for(None):
        assert get_language() == "de"


def test_a_name_with_a_line_break_adds_no_header() -> None:
    mail.send_notice(
        stable_id="a:1",
        to="mara@example.org",
        title="Karla\r\nBcc: all@example.org",
        text="",
        link="",
        reader=None,
    )
    (letter,) = outgoing.outbox
    assert letter.subject == "Karla Bcc: all@example.org"
    assert letter.recipients() == ["mara@example.org"]


def test_text_stays_text_and_the_page_beside_it_is_escaped() -> None:
    reader = UserFactory.create(first_name="<b>Mara</b>", last_name="Lund")
    mail.send_notice(stable_id="a:1", to=reader.email, title="A & B", text="", link="/garage/", reader=reader)
    (letter,) = outgoing.outbox
    assert "Guten Tag, <b>Mara</b> Lund," in letter.body
    assert "A & B" in letter.body
    assert settings.BRAND["address"] in letter.body
    assert isinstance(letter, EmailMultiAlternatives)
    page = str(letter.alternatives[0][0])
    assert "&lt;b&gt;Mara" in page
    assert f'href="{settings.PUBLIC_URL}/garage/"' in page
