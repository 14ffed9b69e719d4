"""Colleagues come by invitation: one address, one role, one link, once; leavers are out at once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import roles
from accounts.house import staff_invitations
from accounts.models import RoleGrant, StaffInvitation
from accounts.permissions import Role
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.accounts import UserFactory
from tests.factories.services import CentreFactory


@pytest.fixture
def admin(db: None) -> Any:
    return UserFactory.create(role="administrator", first_name="Ada", last_name="Brandt")


def invite(
    by: Any, now: Any, email: str = "neu@example.org", role: Any = Role.ADVISOR, scope: Any = None
) -> Any:
    return staff_invitations.invite_colleague(by=by, email=email, role=role, scope=scope, now=now)


def test_the_mail_carries_a_link_that_grants_the_role_at_the_centre(
    admin: Any, client: Any, deliver_outbox: Any
) -> None:
    now = timezone.now()
    centre = CentreFactory.create()
    invite(admin, now, role=Role.TECHNICIAN, scope=centre)
    deliver_outbox()
    letter = mail.outbox[-1]
    assert letter.to == ["neu@example.org"]
    path = re.search(r"http://[^/]+(/team/[0-9a-f]+/)", str(letter.body))
    assert path
    assert "neu@example.org" in client.get(path[1]).content.decode()
    colleague = UserFactory.create(email="neu@example.org")
    client.force_login(colleague)
    assert client.post(f"{path[1]}accept/").status_code == 302
    grant = RoleGrant.objects.in_force().get(user=colleague)
    assert (grant.role, grant.scope_id) == ("technician", centre.pk)
    assert client.get(path[1]).status_code == 404


def test_somebody_else_s_address_cannot_accept(admin: Any, now: Any) -> None:
    token = staff_invitations.token_of(invite(admin, now))
    with pytest.raises(NotAllowed):
        staff_invitations.accept_invitation(by=UserFactory.create(), token=token, now=now)
    assert not RoleGrant.objects.filter(role="advisor").exists()


def test_after_seven_days_the_link_is_dead_and_sent_again_it_lives(admin: Any, now: Any) -> None:
    row = invite(admin, now)
    colleague = UserFactory.create(email="neu@example.org")
    later = now + timedelta(days=7)
    old = staff_invitations.token_of(row)
    with pytest.raises(NotFound):
        staff_invitations.accept_invitation(by=colleague, token=old, now=later)
    row = staff_invitations.resend_invitation(by=admin, invitation=row, now=later)
    with pytest.raises(NotFound):
        staff_invitations.invitation_for(token=old, now=later)
    new = staff_invitations.token_of(row)
    assert staff_invitations.accept_invitation(by=colleague, token=new, now=later).role == "advisor"


def test_a_withdrawn_invitation_is_worth_nothing(admin: Any, now: Any, deliver_outbox: Any) -> None:
    row = invite(admin, now)
    staff_invitations.withdraw_invitation(by=admin, invitation=row, now=now)
    before = len(mail.outbox)
    deliver_outbox()
    assert len(mail.outbox) == before
    with pytest.raises(NotFound):
        staff_invitations.invitation_for(token=staff_invitations.token_of(row), now=now)
    with pytest.raises(Conflict):
        staff_invitations.resend_invitation(by=admin, invitation=row, now=now)


def test_the_same_invitation_stands_once(admin: Any, now: Any) -> None:
    invite(admin, now)
    with pytest.raises(Conflict):
        invite(admin, now, email="NEU@example.org ")
    assert StaffInvitation.objects.count() == 1


def test_a_role_of_everywhere_takes_no_centre_and_a_held_role_no_invitation(admin: Any, now: Any) -> None:
    with pytest.raises(Invalid):
        invite(admin, now, scope=CentreFactory.create())
    with pytest.raises(Conflict):
        invite(admin, now, email=admin.email, role=Role.ADMINISTRATOR)


def test_only_administrators_invite(db: None, now: Any) -> None:
    with pytest.raises(NotAllowed):
        invite(UserFactory.create(role="advisor"), now)


def test_of_two_who_accept_at_once_one_gets_in(committing_db: None, race: Any, now: Any) -> None:
    admin = UserFactory.create(role="administrator")
    colleague = UserFactory.create(email="neu@example.org")
    token = staff_invitations.token_of(invite(admin, now))

    def accept() -> Any:
        return staff_invitations.accept_invitation(by=colleague, token=token, now=now)

    results = race([accept, accept])
    assert sorted(type(result).__name__ for result in results) == ["NotFound", "RoleGrant"]
    assert RoleGrant.objects.filter(user=colleague).count() == 1


def test_whoever_leaves_is_signed_out_and_without_roles_at_the_next_request(admin: Any, now: Any) -> None:
    leaver = UserFactory.create(role="advisor")
    browser = Client()
    browser.force_login(leaver)
    browser.get("/account/security/")
    session = browser.session
    UserSession.objects.get_or_create(
        user=leaver, session_key=session.session_key, defaults={"ip": "127.0.0.1", "user_agent": "Test"}
    )
    roles.end_all_roles(by=admin, user=leaver, now=now)
    assert browser.get("/account/security/")["Location"].startswith("/account/login/")
    assert not RoleGrant.objects.in_force().filter(user=leaver).exists()


def test_the_page_invites_lists_and_withdraws(admin: Any, client: Any) -> None:
    client.force_login(admin)
    typed = {"email": "neu@example.org", "role": "advisor", "scope": ""}
    assert client.post("/staff/people/invitations/", typed).status_code == 302
    row = StaffInvitation.objects.get()
    assert "neu@example.org" in client.get("/staff/people/invitations/").content.decode()
    again = client.post("/staff/people/invitations/", typed)
    assert again.status_code == 422
    client.post(f"/staff/people/invitations/{row.pk}/withdraw/")
    assert "neu@example.org" not in client.get("/staff/people/invitations/").content.decode()
