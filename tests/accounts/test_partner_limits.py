"""Partners' programs at the door: how often they may knock, and where signing out may lead."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Notice
from accounts.partners import connections, partners
from accounts.partners.identity_token_views import RATES
from journal.models import Event
from tests.accounts.partner_house import GOODBYE, browser_of, registered
from tests.accounts.test_partner_registration import FORM
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
REFUSED = int(RATES["token_refused"].split("/")[0])
LOGOUT = "/identity/o/logout"


def knock(known: partners.Registered, *, path: str = "token", **how: Any) -> Any:
    said = {
        "grant_type": "refresh_token",
        "refresh_token": "guess",
        "token": "guess",
        "client_id": known.partner.client_id,
        "client_secret": "guess",
    }
    return Client().post(f"/identity/o/{path}", said, **how)


def test_whoever_guesses_is_stopped_and_the_partner_is_not() -> None:
    known = registered("profile")
    for _guess in range(REFUSED):
        assert knock(known).status_code in (400, 401)
    stopped = knock(known)
    assert (stopped.status_code, stopped.json()) == (429, {"error": "temporarily_unavailable"})
    assert (stopped["Retry-After"], stopped["Cache-Control"]) == ("60", "no-store")
    assert knock(known, path="revoke").status_code == 429
    # From their own servers the partner goes on, and so do other partners from anywhere.
    assert knock(known, REMOTE_ADDR="198.51.100.7").status_code != 429
    assert knock(registered("profile", name="Zwei")).status_code != 429


def test_nobody_calls_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RATES, "token", "3/m/ip")
    answers = [knock(registered("profile", name=str(number))).status_code for number in range(4)]
    assert 429 not in answers[:3]
    assert answers[3] == 429


def test_who_was_connected_is_told_when_a_partner_is_closed(run_reactions: Any, deliver_outbox: Any) -> None:
    anna, ben, boss = UserFactory.create(), UserFactory.create(), UserFactory.create(role="administrator")
    partner, now = registered("profile").partner, timezone.now()
    for person in (anna, ben):
        held = connections.connect_service(by=person, partner=partner, asked=[], allowed=[], now=now)
    connections.revoke_connection(by=ben, connection=held, now=now)
    run_reactions()
    partners.close_partner(by=boss, partner=partner, now=now)
    run_reactions()
    deliver_outbox()
    told = Notice.objects.filter(kind="accounts.service_closed")
    assert [notice.user for notice in told] == [anna]  # Ben had left before
    assert "Ladefuchs" in mail.outbox[-1].subject
    assert Event.objects.filter(kind="accounts.service_revoked", by=boss).count() == 1


@pytest.mark.parametrize("address", ["https://evil.example/", f"{GOODBYE}?more=1", "javascript:alert(1)"])
def test_signing_out_leads_to_registered_addresses_only(address: str) -> None:
    known = registered("profile")
    asked = {"client_id": known.partner.client_id, "post_logout_redirect_uri": address}
    for browser in (Client(), browser_of(UserFactory.create())):
        answer = browser.get(LOGOUT, asked)
        assert answer.status_code == 400
        assert address not in answer.text
        assert "location" not in answer.headers


def test_signing_out_by_a_foreign_form_asks_first() -> None:
    browser = browser_of(UserFactory.create())
    known = registered("profile")
    page = browser.post(LOGOUT, {"client_id": known.partner.client_id, "action": "logout"}, follow=True)
    assert "Ladefuchs" in page.text
    assert browser.get("/account/").status_code == 200
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(UserFactory.create())
    assert careful.post(LOGOUT, {"csrfmiddlewaretoken": "x", "action": "logout"}).status_code == 403


def test_an_address_to_go_back_to_after_signing_out_is_checked(client: Client) -> None:
    client.force_login(UserFactory.create(role="product"))
    partner = registered("profile").partner
    address = f"/staff/partners/{partner.pk}/change/"
    page = client.post(address, {**FORM, "sign_out_uris": "http://laden.example/"})
    assert (page.status_code, "sign_out_uris" in page.context["form"].errors) == (422, True)
    client.post(address, {**FORM, "sign_out_uris": f"{GOODBYE}/2"})
    partner.client.refresh_from_db()
    assert partner.client.get_post_logout_redirect_uris() == [f"{GOODBYE}/2"]
