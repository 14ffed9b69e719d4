"""Requests as their customer sees them, with an account and without."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.cases import cases, guests, reading
from accounts.models import Case, Notice, User
from documents import retention
from tests.factories.accounts import UserFactory
from tests.factories.cases import GENERAL, opened
from tests.factories.documents import DocumentFactory, sent

pytestmark = pytest.mark.django_db
MARKER = "Streng-intern-4711"


@pytest.fixture
def anna(client: Client) -> User:
    user = UserFactory.create()
    client.force_login(user)
    return user


def page_of(case: Case) -> str:
    return reverse("accounts:case-detail", args=[case.pk])


def test_a_customer_asks_and_reads_by_when_they_hear_from_us(client: Client, anna: User) -> None:
    typed = {"queue": GENERAL, "title": "Ladekabel", "text": "Wo bekomme ich eins?"}
    answer = client.post(reverse("accounts:case-create"), typed, follow=True)
    case = Case.objects.get()
    assert answer.request["PATH_INFO"] == page_of(case)
    assert case.code in answer.text
    assert "Wo bekomme ich eins?" in answer.text


def test_a_call_without_a_number_keeps_what_was_typed(client: Client, anna: User) -> None:
    typed = {"queue": GENERAL, "title": "Ladekabel", "text": "Rufen Sie an", "call_time": "soon"}
    answer = client.post(reverse("accounts:case-create"), typed)
    assert answer.status_code == 422
    assert "Rufen Sie an" in answer.text
    assert not Case.objects.exists()


def test_pressed_twice_it_is_one_request(client: Client, anna: User) -> None:
    typed = {"queue": GENERAL, "title": "Kabel", "text": "Wo?", "idempotency_key": "k"}
    for _press in range(2):
        client.post(reverse("accounts:case-create"), typed)
    assert Case.objects.count() == 1


def test_another_s_request_is_not_there(client: Client, anna: User) -> None:
    case = opened(UserFactory.create(), now=timezone.now())
    for name in ("case-detail", "case-conversation"):
        assert client.get(reverse(f"accounts:{name}", args=[case.pk])).status_code == 404
    assert client.post(page_of(case), {"text": "Hallo"}).status_code == 404
    assert client.post(reverse("accounts:case-settle", args=[case.pk])).status_code == 404


def test_an_internal_note_reaches_the_customer_nowhere(
    client: Client,
    anna: User,
    run_reactions: Callable[[], int],
    deliver_outbox: Callable[[], int],
) -> None:
    now, staff = timezone.now(), UserFactory.create(role="advisor")
    case = opened(anna, now=now)
    cases.note(by=staff, case=case, text=MARKER, now=now)
    cases.hand_over(by=staff, case=case, queue="accounts.call_back", reason=MARKER, now=now)
    cases.reply(by=staff, case=case, text="Gerne.", now=now)
    run_reactions()
    deliver_outbox()
    for address in (
        page_of(case),
        reverse("accounts:case-conversation", args=[case.pk]),
        reverse("accounts:case-list"),
        reverse("accounts:notices"),
        reverse("accounts:history"),
    ):
        assert MARKER not in client.get(address).text
    assert mail.outbox
    assert not any(MARKER in f"{sent.subject} {sent.body}" for sent in mail.outbox)
    assert not any(MARKER in str(notice.params) for notice in Notice.objects.filter(user=anna))


def test_a_merged_request_leads_to_where_it_went(client: Client, anna: User) -> None:
    now = timezone.now()
    kept, gone = opened(anna, now=now), opened(anna, now=now)
    cases.merge_cases(by=UserFactory.create(role="advisor"), kept=kept, gone=gone, now=now)
    assert client.get(page_of(gone))["Location"] == page_of(kept)
    assert gone.code not in client.get(reverse("accounts:case-list")).text


def test_the_customer_says_that_it_is_settled_and_later_that_it_is_not(client: Client, anna: User) -> None:
    case = opened(anna, now=timezone.now())
    client.post(reverse("accounts:case-settle", args=[case.pk]))
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED
    client.post(page_of(case), {"text": "Doch nicht"})
    case.refresh_from_db()
    assert case.state == Case.State.OPEN


def test_each_answer_is_told_in_the_inbox_and_by_mail(
    anna: User, run_reactions: Callable[[], int], deliver_outbox: Callable[[], int], now: datetime
) -> None:
    case = opened(anna, now=now)
    cases.reply(by=UserFactory.create(role="advisor"), case=case, text="Im Zubehör", now=now)
    run_reactions()
    deliver_outbox()
    notice = Notice.objects.get(user=anna)
    assert (notice.kind, notice.url) == ("accounts.case_answered", page_of(case))
    assert case.code in mail.outbox[-1].subject


# -- Without an account --------------------------------------------------------------------


GUEST = {
    "queue": "accounts.call_back",
    "name": "Gerda Gast",
    "email": "gerda@example.org",
    "phone": "040 1234567",
    "call_time": "morning",
    "title": "Probefahrt",
    "text": "Geht das am Samstag?",
}


def asked(client: Client, **changed: Any) -> Case:
    answer = client.post(reverse("accounts:guest-case-create"), {**GUEST, **changed})
    assert answer.status_code == 302, answer.text
    return Case.objects.latest("pk")


def test_a_complaint_needs_no_account(client: Client) -> None:
    page = client.get(reverse("accounts:guest-case-create"), {"topic": "accounts.complaints"})
    assert "Eine Beschwerde" in page.text
    assert page.context["form"].initial == {"queue": "accounts.complaints"}
    assert asked(client, queue="accounts.complaints", call_time="").queue == "accounts.complaints"


def link_in(sent: Any) -> str:
    found = re.search(r"https?://[^/]+(/request/\S+)", sent.body)
    assert found
    return found[1]


def test_a_guest_gets_a_receipt_without_the_conversation(client: Client) -> None:
    answer = client.post(reverse("accounts:guest-case-create"), GUEST, follow=True)
    case = Case.objects.get()
    assert case.code in answer.text
    # Who typed an address has not proved that it is theirs.
    assert guests.link_of(case) not in answer.text
    assert "Geht das am Samstag?" not in answer.text


def test_a_guest_reads_and_answers_by_the_link_of_their_mail(
    client: Client, run_reactions: Callable[[], int], deliver_outbox: Callable[[], int]
) -> None:
    case = asked(client)
    cases.note(by=UserFactory.create(role="advisor"), case=case, text=MARKER, now=timezone.now())
    cases.reply(by=UserFactory.create(role="advisor"), case=case, text="Ja, um zehn.", now=timezone.now())
    run_reactions()
    deliver_outbox()
    sent = [letter for letter in mail.outbox if letter.to == ["gerda@example.org"]]
    assert len(sent) == 2
    assert "Ja, um zehn." in sent[-1].body
    page = client.get(link_in(sent[-1]))
    assert "Ja, um zehn." in page.text
    assert MARKER not in page.text + sent[-1].body
    client.post(link_in(sent[-1]), {"text": "Prima"})
    assert case.messages.in_order()[3].text == "Prima"


def test_a_guest_s_link_opens_nothing_that_belongs_to_an_account(client: Client) -> None:
    case = asked(client)
    link = guests.link_of(case)
    Case.objects.filter(pk=case.pk).update(customer=UserFactory.create())
    assert client.get(link).status_code == 404
    assert client.get(reverse("accounts:guest-case", args=["forged"])).status_code == 404


def test_a_guest_s_link_dies_with_a_changed_address(client: Client) -> None:
    case = asked(client)
    link = guests.link_of(case)
    assert client.get(link)["Referrer-Policy"] == "no-referrer"
    Case.objects.filter(pk=case.pk).update(contact_email="other@example.org")
    assert client.get(link).status_code == 404


def test_a_guest_sees_pictures_of_answers_but_none_of_notes(client: Client) -> None:
    case, advisor, now = asked(client), UserFactory.create(role="advisor"), timezone.now()
    shown, hidden = (DocumentFactory.create(by=advisor, kind="accounts.case_picture") for _n in range(2))
    cases.note(by=advisor, case=case, text="intern", pictures=[hidden], now=now)
    cases.reply(by=advisor, case=case, text="So sieht es aus", pictures=[shown], now=now)
    link = guests.link_of(case)
    assert f"{link}pictures/{shown.pk}/" in client.get(link).text
    assert client.get(f"{link}pictures/{shown.pk}/")["Content-Type"] == "image/webp"
    assert client.get(f"{link}pictures/{hidden.pk}/").status_code == 404
    other = guests.link_of(asked(client, email="other@example.org"))
    assert client.get(f"{other}pictures/{shown.pk}/").status_code == 404


def test_a_guest_sends_pictures_with_their_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    case, other = asked(client), asked(client, email="other@example.org")
    link = guests.link_of(case)
    forgotten = client.post(link, {"text": "", "pictures": [sent()]})
    assert forgotten.status_code == 422
    kept = re.search(r'name="pictures-kept" value="([^"]+)"', forgotten.text)
    assert kept
    words = {"text": "So sieht es aus", "pictures-kept": kept[1]}
    assert client.post(link, words).status_code == 302
    (picture,) = reading.for_customer(case)[-1].pictures
    assert (picture.uploaded_by, picture.is_checking) == (None, True)
    page = client.get(link).text
    assert "Wird geprüft" in page
    assert f"pictures/{picture.pk}/" not in page  # nobody's to see before it was drawn anew
    assert client.post(guests.link_of(other), words).status_code == 422  # sent once, in one request

    monkeypatch.setattr(guests, "MOST_PICTURES", 1)
    assert "pictures" not in client.get(link).context["form"].fields


def test_what_a_guest_sent_and_attached_to_nothing_goes_after_a_day(client: Client) -> None:
    client.post(guests.link_of(asked(client)), {"text": "", "pictures": [sent()]})
    now = timezone.now()
    assert retention.erase_due(now=now + timedelta(hours=23)) == 0
    assert retention.erase_due(now=now + timedelta(hours=25)) == 1


def test_many_requests_from_one_address_must_wait(client: Client) -> None:
    for number in range(guests.PER_HOUR):
        asked(client, title=f"Frage {number}")
    refused = client.post(reverse("accounts:guest-case-create"), GUEST)
    assert refused.status_code == 422
    assert Case.objects.count() == guests.PER_HOUR


def test_who_is_signed_in_asks_with_their_account(client: Client, anna: User) -> None:
    assert client.get(reverse("accounts:guest-case-create"))["Location"] == reverse("accounts:case-create")


@pytest.mark.parametrize("count", [1, 12])
def test_the_pages_cost_the_same_for_one_and_for_many(
    client: Client, anna: User, count: int, django_assert_num_queries: Any
) -> None:
    now, staff = timezone.now(), UserFactory.create(role="advisor")
    made = [opened(anna, now=now - timedelta(minutes=n)) for n in range(count)]
    for n in range(count):
        cases.reply(by=staff, case=made[0], text=f"Antwort {n}", now=now)
    client.get(page_of(made[0]))  # sessions and roles are read once
    with django_assert_num_queries(5):
        client.get(reverse("accounts:case-list"))
    with django_assert_num_queries(7):
        client.get(page_of(made[0]))
