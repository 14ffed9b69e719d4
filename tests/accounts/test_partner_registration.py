"""Staff register partner services, change and close them."""

from datetime import datetime
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as OpenIdClient
from django.test import Client
from django.urls import reverse

from accounts.models import Partner, User
from accounts.partners import partners
from common.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from tests.accounts.partner_house import CALLBACK, TEXTS, browser_of, registered
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

FORM = {
    **TEXTS,
    "redirect_uris": CALLBACK,
    "scopes": ["profile", "vehicles:read"],
    "kind": "server",
    "idempotency_key": "k",
}


@pytest.fixture
def anna() -> User:
    user: User = UserFactory.create()
    return user


@pytest.fixture
def boss() -> User:
    user: User = UserFactory.create(role="product")
    return user


@pytest.fixture
def staff(client: Client, boss: User) -> Client:
    client.force_login(boss)
    return client


def test_a_secret_is_shown_after_registering_and_never_again(staff: Client, boss: User) -> None:
    page = staff.post(reverse("accounts:staff-partner-create"), FORM, follow=True)
    secret = page.context["secret"]
    partner = Partner.objects.get()
    assert partner.client.check_secret(secret)
    assert secret.encode() in page.content
    assert page["Cache-Control"] == "no-store"
    assert not OpenIdClient.objects.filter(secret__contains=secret).exists()

    other = browser_of(UserFactory.create(role="administrator"))
    assert other.get(reverse("accounts:staff-partner", args=[partner.pk])).context["secret"] is None
    staff.post(reverse("accounts:staff-partner-secret-seen", args=[partner.pk]))
    again = staff.get(reverse("accounts:staff-partner", args=[partner.pk]))
    assert again.context["secret"] is None
    assert Event.objects.filter(kind="accounts.partner_registered", by=boss).count() == 1


def test_a_secret_lies_hashed_and_is_checked_without_slowness(settings: Any) -> None:
    known = registered()
    client = known.partner.client
    assert client.secret.startswith("random_sha256$")
    assert known.secret not in client.secret
    assert client.check_secret(known.secret)
    assert not client.check_secret(known.secret[:-1])
    assert registered(name="Zwei").partner.client.secret.split("$")[1] != client.secret.split("$")[1]
    assert not settings.PASSWORD_HASHERS[0].endswith("RandomSecretHasher")


def test_pressing_twice_registers_once(staff: Client) -> None:
    for _press in range(2):
        staff.post(reverse("accounts:staff-partner-create"), FORM)
    assert Partner.objects.count() == 1


def test_an_app_gets_no_secret(staff: Client) -> None:
    page = staff.post(
        reverse("accounts:staff-partner-create"),
        {**FORM, "kind": "app", "redirect_uris": "de.laden.app:/callback"},
        follow=True,
    )
    assert page.context["secret"] is None
    assert Partner.objects.get().client.type == "public"


@pytest.mark.parametrize(
    "address",
    [
        "http://laden.example/callback",
        "https://laden.example/#fragment",
        "https://*.laden.example/callback",
        "https://user@laden.example/callback",
        "javascript:alert(1)",
        "laden:/callback",
        "//laden.example/callback",
        "https:///callback",
    ],
)
def test_an_address_that_others_could_catch_is_refused_and_what_was_typed_stays(
    staff: Client, address: str
) -> None:
    page = staff.post(reverse("accounts:staff-partner-create"), {**FORM, "redirect_uris": address})
    assert page.status_code == 422
    assert "redirect_uris" in page.context["form"].errors
    assert TEXTS["about_de"] in page.content.decode()
    assert not Partner.objects.exists()


def test_changing_renewing_and_closing(staff: Client, boss: User) -> None:
    known = registered("profile", "vehicles:read")
    pk = known.partner.pk
    changed = {**FORM, "name": "Ladewolf", "scopes": ["profile"]}
    staff.post(reverse("accounts:staff-partner-change", args=[pk]), changed)
    partner = Partner.objects.select_related("client").get()
    assert (partner.name, partner.client.get_scopes()) == ("Ladewolf", ["openid", "profile"])

    page = staff.post(reverse("accounts:staff-partner-secret", args=[pk]), follow=True)
    partner.client.refresh_from_db()
    assert partner.client.check_secret(page.context["secret"])
    assert not partner.client.check_secret(known.secret)

    staff.post(reverse("accounts:staff-partner-close", args=[pk]))
    assert staff.get(reverse("accounts:staff-partner-change", args=[pk])).status_code == 404
    with pytest.raises(Conflict):
        partners.renew_secret(by=boss, partner=partner)
    assert staff.get(reverse("accounts:staff-partners")).status_code == 200


def test_only_product_and_administration_run_partners(anna: User, now: datetime) -> None:
    known = registered()
    for deed in (
        lambda: partners.close_partner(by=anna, partner=known.partner, now=now),
        lambda: partners.renew_secret(by=anna, partner=known.partner),
        lambda: partners.change_partner(
            by=anna, partner=known.partner, texts=TEXTS, redirect_uris=[CALLBACK], scopes=[]
        ),
        lambda: partners.register_partner(
            by=anna, texts=TEXTS, redirect_uris=[CALLBACK], scopes=[], public=False, now=now
        ),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_a_right_that_does_not_exist_is_refused(boss: User, now: datetime) -> None:
    with pytest.raises(Invalid, match="vehicles:steal"):
        partners.register_partner(
            by=boss, texts=TEXTS, redirect_uris=[CALLBACK], scopes=["vehicles:steal"], public=False, now=now
        )


def test_the_list_of_partners_costs_the_same_with_one_and_many(
    staff: Client, django_assert_max_num_queries: Any
) -> None:
    registered()
    staff.get(reverse("accounts:staff-partners"))
    with django_assert_max_num_queries(8) as one:
        staff.get(reverse("accounts:staff-partners"))
    for name in ("A", "B", "C"):
        registered(name=name)
    with django_assert_max_num_queries(8) as many:
        staff.get(reverse("accounts:staff-partners"))
    assert len(one) == len(many)
