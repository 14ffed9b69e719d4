"""Telling people that they were invited, joined, changed or left an organisation."""

from typing import Any

from django.urls import reverse

from accounts.models import MemberInvitation, Membership, Organisation, User
from accounts.organisations import memberships
from accounts.telling import inbox
from journal.models import Event


def tell_invited(event: Event) -> None:
    """The person behind the address, if there is one; the letter goes out in any case."""
    invitation = MemberInvitation.objects.get(pk=event.data["invitation"])
    person = User.objects.filter(email=invitation.email, is_active=True).first()
    if person is not None and not invitation.outcome:
        _tell(person, "member_invited", event, role=invitation.role)


def tell_newcomer(event: Event, person: User) -> None:
    """Invitations that were sent to this address before there was an account."""
    for invitation in memberships.waiting_for(person, event.at)[:1]:
        params = {"organisation": invitation.organisation.name, "role": invitation.role}
        inbox.notify(
            user=person,
            kind="accounts.member_invited",
            params=params,
            url=reverse("accounts:organisations"),
            event=event,
        )


def tell_administrators(event: Event) -> None:
    """Somebody joined or left: all administrators but the person themselves."""
    member = User.objects.get(pk=event.data["member"])
    held = Membership.objects.in_force().filter(
        organisation=event.subject.object_id, role=Membership.Role.ADMINISTRATOR
    )
    for each in held.exclude(user=member).select_related("user"):
        _tell(each.user, event.kind.removeprefix("accounts."), event, who=member.display_name or "…")


def tell_inviter(event: Event) -> None:
    invitation = MemberInvitation.objects.select_related("invited_by").get(pk=event.data["invitation"])
    _tell(invitation.invited_by, "invitation_refused", event)


def tell_member(event: Event) -> None:
    """Removed, or with another role from now on."""
    member = User.objects.get(pk=event.data["member"])
    _tell(member, event.kind.removeprefix("accounts."), event, role=event.data["role"])


def tell_of_closing(event: Event) -> None:
    """All who acted for it until then, but whoever closed it."""
    organisation = Organisation.objects.get(pk=event.subject.object_id)
    ended = organisation.memberships.filter(ended_at=organisation.closed_at).exclude(user=event.by_id)
    for held in ended.select_related("user").order_by("pk"):
        _tell(held.user, "organisation_closed", event)


def _tell(user: User, kind: str, event: Event, **params: Any) -> None:
    organisation = Organisation.objects.get(pk=event.subject.object_id)
    acts = Membership.objects.in_force().filter(organisation=organisation, user=user).exists()
    inbox.notify(
        user=user,
        kind=f"accounts.{kind}",
        params={"organisation": organisation.name, **params},
        url=reverse("accounts:organisation-detail", args=[organisation.pk])
        if acts
        else reverse("accounts:organisations"),
        event=event,
    )
