"""Customers without an account: written down by staff, invited, and taking their data over."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.customers import customers, invitations
from accounts.models import CustomerMerge, User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal.models import Event
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.customers import walk_in
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> User:
    return UserFactory.create(role="staff")


def link_in_mail(deliver: Any) -> str:
    deliver()
    found = re.search(r"/welcome/[0-9a-f]{64}/", str(mail.outbox[-1].body))
    assert found
    return found.group()


def test_a_name_and_a_phone_number_are_enough(desk, now):
    kroeger = customers.create_customer(by=desk, last_name=" Kröger ", phone="0151 23004400", now=now)
    assert (kroeger.standing, kroeger.last_name, kroeger.email) == ("customer", "Kröger", None)
    assert not kroeger.has_usable_password()
    event = Event.objects.get(kind="accounts.customer_created")
    assert (event.by, event.data) == (desk, {})


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"phone": "0151 23004400"}, "name_missing"),
        ({"last_name": "Kröger"}, "unreachable"),
        ({"last_name": "Kröger", "phone": "keins"}, "phone_invalid"),
        ({"last_name": "Kröger", "email": "keine"}, "email_invalid"),
        ({"last_name": "Kröger", "phone": "040 123456", "language": "fr"}, "language_unknown"),
        (
            {"last_name": "Kröger", "phone": "040 123456", "address": customers.Home("Weg 1", "123", "Kiel")},
            "postcode_invalid",
        ),
    ],
)
def test_what_is_missing_is_said(desk, now, details, code):
    with pytest.raises(Invalid) as refused:
        customers.create_customer(by=desk, now=now, **details)
    assert refused.value.code == code
    assert not User.objects.filter(standing="customer").exists()


def test_a_known_address_names_its_customer(desk, now):
    known = UserFactory.create(email="known@example.org")
    with pytest.raises(Conflict) as refused:
        walk_in(by=desk, email="Known@example.org")
    assert (refused.value.code, refused.value.extra) == ("email_known", {"customer": known.pk})


@pytest.mark.parametrize("role", ["technician", "accountant", "moderator", "product", None])
def test_other_roles_write_nobody_down(role, now):
    with pytest.raises(NotAllowed):
        customers.create_customer(
            by=UserFactory.create(role=role), last_name="X", phone="040 123456", now=now
        )


def test_details_are_mended_only_while_there_is_no_account(desk, now):
    kroeger = walk_in(by=desk)
    customers.change_customer(by=desk, customer=kroeger, changes={"last_name": "Krüger"}, now=now)
    kroeger.refresh_from_db()
    assert kroeger.last_name == "Krüger"
    with pytest.raises(Conflict):
        customers.change_customer(by=desk, customer=UserFactory.create(), changes={"last_name": "X"}, now=now)


def test_the_invited_choose_a_password_and_hold_what_was_written_down(client: Client, desk, deliver_outbox):
    kroeger = walk_in(by=desk, email="k@example.org")
    car = own(kroeger)
    invitations.invite_customer(by=desk, customer=kroeger, now=timezone.now())
    link = link_in_mail(deliver_outbox)
    assert mail.outbox[-1].to == ["k@example.org"]
    page = client.get(link)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    answer = client.post(link, {"password": "Ein Satz genügt 7"})
    assert answer.status_code == 302
    kroeger.refresh_from_db()
    assert kroeger.standing == "account"
    assert EmailAddress.objects.get(user=kroeger).verified
    assert client.session["_auth_user_id"] == str(kroeger.pk)
    assert client.get(reverse("vehicles:vehicle-detail", args=[car.pk])).status_code == 200
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"password": "Ein Satz genügt 8"}).status_code in (410, 422)


def test_a_weak_password_is_refused_and_the_link_lives_on(client: Client, desk, deliver_outbox):
    kroeger = walk_in(by=desk, email="k@example.org")
    invitations.invite_customer(by=desk, customer=kroeger, now=timezone.now())
    link = link_in_mail(deliver_outbox)
    assert client.post(link, {"password": "kurz"}).status_code == 422
    assert client.get(link).status_code == 200


def test_an_account_with_the_address_takes_the_row_over_after_signing_in(
    client: Client, desk, deliver_outbox
):
    kroeger = walk_in(by=desk)
    car = own(kroeger)
    account = UserFactory.create(email="k@example.org")
    invitations.invite_customer(by=desk, customer=kroeger, email="k@example.org", now=timezone.now())
    link = link_in_mail(deliver_outbox)
    # Nobody sets a password for an account by such a link.
    client.post(link, {"password": "Ein Satz genügt 7"})
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
    stranger = Client()
    stranger.force_login(UserFactory.create())
    stranger.post(link)
    assert not CustomerMerge.objects.exists()
    client.force_login(account)
    assert client.post(link).status_code == 302
    merge = CustomerMerge.objects.get()
    assert (merge.kept, merge.gone, merge.proof) == (account, kroeger, "email")
    assert car.ownerships.get().user == account


def test_a_link_is_over_after_14_days_and_once_a_newer_one_was_sent(desk, now):
    kroeger = walk_in(by=desk, email="k@example.org")
    first = invitations.invite_customer(by=desk, customer=kroeger, now=now)
    old = invitations.token_of(first)
    second = invitations.invite_customer(by=desk, customer=kroeger, now=now + timedelta(hours=1))
    with pytest.raises(NotFound):
        invitations.find_invitation(token=old, now=now)
    token = invitations.token_of(second)
    late = now + timedelta(days=14, hours=1)
    with pytest.raises(Conflict):
        invitations.take_over(token=token, password="Ein Satz genügt 7", now=late)


def test_an_address_of_another_customer_is_not_invited(desk, now):
    walk_in(by=desk, email="k@example.org")
    other = walk_in(by=desk, phone="040 123456")
    with pytest.raises(Conflict) as refused:
        invitations.invite_customer(by=desk, customer=other, email="k@example.org", now=now)
    assert refused.value.code == "email_known"
    with pytest.raises(Invalid):
        invitations.invite_customer(by=desk, customer=other, now=now)
    with pytest.raises(Conflict):
        invitations.invite_customer(by=desk, customer=UserFactory.create(), now=now)


def test_who_signs_up_with_an_address_that_we_wrote_down_is_invited_instead(client, desk, deliver_outbox):
    kroeger = walk_in(by=desk, email="k@example.org")
    fields = {"email": "k@example.org", "first_name": "J", "last_name": "K", "password1": "Ein Satz genügt 7"}
    page = client.get(reverse("account_signup"))
    fields |= {name: "on" for name in page.context["form"].fields if name not in fields}
    assert client.post(reverse("account_signup"), fields).status_code == 302
    link = link_in_mail(deliver_outbox)
    Client().post(link, {"password": "Ein Satz genügt 7"})
    kroeger.refresh_from_db()
    assert kroeger.standing == "account"
    assert User.objects.filter(email="k@example.org").count() == 1


def code_in_mail() -> str:
    found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found.group(1)


def test_who_signs_in_by_codes_from_their_mail_holds_the_row_too(client: Client, desk):
    kroeger = walk_in(by=desk, email="k@example.org")
    client.post(reverse("account_request_login_code"), {"email": "k@example.org"})
    asked = client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})
    client.post(asked["Location"], {"code": code_in_mail()})  # once more, for the address itself
    assert client.session["_auth_user_id"] == str(kroeger.pk)
    kroeger.refresh_from_db()
    assert kroeger.standing == "account"
    assert EmailAddress.objects.get(user=kroeger).verified
