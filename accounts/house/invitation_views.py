"""Inviting colleagues, and what the invited see behind their link."""

from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import scopes
from accounts.house import staff_invitations
from accounts.house.forms import InviteForm
from accounts.models import StaffInvitation
from accounts.permissions import Role
from common.pages import ActionPage, FormPage, Page


class Invitations(FormPage):
    """The open ones; the form sends another."""

    permission = "accounts.grant_roles"
    template_name = "accounts/staff_invitations.html"
    form_class = InviteForm
    once = True
    success_message = _("The invitation is on its way. Its link is valid for seven days.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = dict(scopes.scope_choices())
        now = timezone.now()
        rows = [
            (row, names.get(f"{row.scope_kind}:{row.scope_id}", ""), row.expires_at <= now)
            for row in staff_invitations.open_invitations()[:200]
        ]
        return super().get_context_data(rows=rows, **kwargs)

    def perform(self, form: InviteForm) -> str:
        staff_invitations.invite_colleague(
            by=self.request.user,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            scope=scopes.scope_named(form.cleaned_data["scope"]),
            now=timezone.now(),
        )
        return reverse("accounts:staff-invitations")


class _OfInvitation(ActionPage):
    permission = "accounts.grant_roles"

    def invitation(self) -> StaffInvitation:
        return get_object_or_404(self.rows(), pk=self.kwargs["pk"])

    def rows(self) -> QuerySet[StaffInvitation]:
        return StaffInvitation.objects.all()

    def failure_url(self) -> str:
        return reverse("accounts:staff-invitations")


class Resend(_OfInvitation):
    success_message = _("The invitation is sent again. The earlier link does not work any more.")

    def perform(self) -> str:
        staff_invitations.resend_invitation(
            by=self.request.user, invitation=self.invitation(), now=timezone.now()
        )
        return self.failure_url()


class Withdraw(_OfInvitation):
    success_message = _("The invitation is withdrawn.")

    def perform(self) -> str:
        staff_invitations.withdraw_invitation(
            by=self.request.user, invitation=self.invitation(), now=timezone.now()
        )
        return self.failure_url()


class InvitationPage(Page):
    """What one is invited to. Whoever is signed in with the invited address accepts it here."""

    public = True
    template_name = "accounts/staff_invitation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = staff_invitations.invitation_for(token=kwargs["token"], now=timezone.now())
        names = dict(scopes.scope_choices())
        return super().get_context_data(
            invitation=row,
            role=Role(row.role).label,
            place=names.get(f"{row.scope_kind}:{row.scope_id}", ""),
            here=quote(self.request.path),
            **kwargs,
        )


class Accept(ActionPage):
    success_message = _("Welcome to the team.")

    def perform(self) -> str:
        staff_invitations.accept_invitation(
            by=self.request.user, token=self.kwargs["token"], now=timezone.now()
        )
        return reverse("overview")

    def failure_url(self) -> str:
        return reverse("overview")
