"""Pages of organisations: one's own, their members and invitations."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import addresses
from accounts.models import Address, MemberInvitation, Membership, Organisation
from accounts.organisations import closing, memberships, organisations
from accounts.organisations.forms import InviteForm, OrganisationForm, PostalForm, RoleForm
from common.pages import ActionPage, FormPage, ListPage


class OrganisationList(ListPage):
    """For whom one acts, and who asks one to."""

    template_name = "accounts/organisation_list.html"
    context_object_name = "memberships"

    def get_queryset(self) -> QuerySet[Membership]:
        held = Membership.objects.in_force().filter(user=self.request.user)
        return held.select_related("organisation").order_by("organisation__name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = memberships.waiting_for(self.request.user, timezone.now())
        return super().get_context_data(invitations=waiting, **kwargs)


class OrganisationCreate(FormPage):
    template_name = "accounts/organisation_form.html"
    form_class = OrganisationForm
    once = True
    success_message = _("The organisation is created. You administer it.")

    def perform(self, form: OrganisationForm) -> str:
        made = organisations.create_organisation(
            by=self.request.user, values=form.cleaned_data, now=timezone.now()
        )
        return reverse("accounts:organisation-detail", args=[made.pk])


class OfOrganisation:
    """Pages about an organisation that the reader is a member of; any other is a 404."""

    request: Any
    kwargs: dict[str, Any]
    organisation: Organisation
    held: Membership
    needs: tuple[str, ...] = tuple(Membership.Role.values)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Membership.objects.in_force().filter(user=self.request.user, role__in=self.needs)
        self.held = get_object_or_404(rows.select_related("organisation"), organisation=kwargs["pk"])
        self.organisation = self.held.organisation
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            organisation=self.organisation, held=self.held, **kwargs
        )

    def detail_url(self) -> str:
        return reverse("accounts:organisation-detail", args=[self.organisation.pk])


class OrganisationDetail(OfOrganisation, ListPage):
    """Members, and for administrators the open invitations; drivers see themselves alone."""

    template_name = "accounts/organisation_detail.html"
    context_object_name = "members"

    def get_queryset(self) -> QuerySet[Membership]:
        members = Membership.objects.in_force().filter(organisation=self.organisation)
        if self.held.role not in Membership.Role.running():
            members = members.filter(user=self.request.user)
        return members.select_related("user__photo").order_by("role", "user__last_name", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        administers = self.held.role == Membership.Role.ADMINISTRATOR
        waiting = self.organisation.invitations.filter(outcome="").order_by("-pk")
        address = Address.objects.filter(organisation=self.organisation, purpose=Address.Purpose.INVOICE)
        return super().get_context_data(
            administers=administers,
            runs=self.held.role in Membership.Role.running(),
            invitations=waiting[: memberships.MOST_OPEN] if administers else [],
            address=address.first(),
            holds=closing.holds_of(self.organisation, timezone.now()) if administers else [],
            now=timezone.now(),
            **kwargs,
        )


class OrganisationEdit(OfOrganisation, FormPage):
    needs = (Membership.Role.ADMINISTRATOR,)
    template_name = "accounts/organisation_form.html"
    form_class = OrganisationForm
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.organisation, name) for name in organisations.FIELDS}

    def perform(self, form: OrganisationForm) -> str:
        organisations.change_organisation(
            by=self.request.user,
            organisation=self.organisation,
            changes=form.cleaned_data,
            now=timezone.now(),
        )
        return self.detail_url()


class OrganisationAddress(OfOrganisation, FormPage):
    needs = (Membership.Role.ADMINISTRATOR,)
    template_name = "accounts/organisation_address.html"
    form_class = PostalForm
    success_message = _("The invoice address is saved.")

    def get_initial(self) -> dict[str, Any]:
        found = Address.objects.filter(organisation=self.organisation, purpose=Address.Purpose.INVOICE)
        return dict(found.values(*PostalForm.base_fields).first() or {})

    def perform(self, form: PostalForm) -> str:
        addresses.change_address(
            by=self.request.user,
            organisation=self.organisation,
            purpose=Address.Purpose.INVOICE,
            **form.cleaned_data,
        )
        return self.detail_url()


class OrganisationClose(OfOrganisation, ActionPage):
    """The end of it: only without cars and contracts."""

    needs = (Membership.Role.ADMINISTRATOR,)
    success_message = _("The organisation is closed. Its members are told.")

    def perform(self) -> str:
        closing.close_organisation(by=self.request.user, organisation=self.organisation, now=timezone.now())
        return reverse("accounts:organisations")

    def failure_url(self) -> str:
        return self.detail_url()


class MemberInvite(OfOrganisation, FormPage):
    needs = (Membership.Role.ADMINISTRATOR,)
    template_name = "accounts/member_invite.html"
    form_class = InviteForm
    once = True
    success_message = _("The invitation is on its way. It is valid for 7 days.")

    def perform(self, form: InviteForm) -> str:
        memberships.invite_member(
            by=self.request.user, organisation=self.organisation, now=timezone.now(), **form.cleaned_data
        )
        return self.detail_url()


class OfMember(OfOrganisation):
    """One membership in an organisation of the reader."""

    @property
    def membership(self) -> Membership:
        rows = Membership.objects.in_force().filter(organisation=self.organisation)
        return get_object_or_404(rows.select_related("user", "organisation"), pk=self.kwargs["member"])

    def failure_url(self) -> str:
        return self.detail_url()


class MemberRole(OfMember, FormPage):
    needs = (Membership.Role.ADMINISTRATOR,)
    template_name = "accounts/member_role.html"
    form_class = RoleForm
    success_message = _("The role is changed.")

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.membership.role}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(membership=self.membership, **kwargs)

    def perform(self, form: RoleForm) -> str:
        memberships.change_role(
            by=self.request.user,
            membership=self.membership,
            role=form.cleaned_data["role"],
            now=timezone.now(),
        )
        return self.detail_url()


class MemberEnd(OfMember, ActionPage):
    """Leave, or remove a member."""

    def perform(self) -> str:
        done = memberships.end_membership(
            by=self.request.user, membership=self.membership, now=timezone.now()
        )
        if done.user_id == self.request.user.pk:
            self.success_message = _("You no longer act for this organisation.")
            return reverse("accounts:organisations")
        self.success_message = _("The member is removed and has lost all access.")
        return self.detail_url()


class OneInvitation:
    """An invitation that the reader may answer, or one of an organisation that they administer."""

    request: Any
    kwargs: dict[str, Any]

    @property
    def invitation(self) -> MemberInvitation:
        rows = MemberInvitation.objects.visible_to(self.request.user, timezone.now())
        return get_object_or_404(rows.select_related("organisation"), pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("accounts:organisations")

    def detail_url(self, organisation_id: int) -> str:
        return reverse("accounts:organisation-detail", args=[organisation_id])


class InvitationAccept(OneInvitation, ActionPage):
    success_message = _("You now act for this organisation.")

    def perform(self) -> str:
        held = memberships.accept_invitation(
            by=self.request.user, invitation=self.invitation, now=timezone.now()
        )
        return self.detail_url(held.organisation_id)


class InvitationRefuse(OneInvitation, ActionPage):
    success_message = _("You refused the invitation.")

    def perform(self) -> str:
        memberships.refuse_invitation(by=self.request.user, invitation=self.invitation, now=timezone.now())
        return reverse("accounts:organisations")


class InvitationWithdraw(OneInvitation, ActionPage):
    success_message = _("The invitation is withdrawn.")

    def perform(self) -> str:
        row = memberships.withdraw_invitation(
            by=self.request.user, invitation=self.invitation, now=timezone.now()
        )
        return self.detail_url(row.organisation_id)


class InvitationResend(OneInvitation, ActionPage):
    success_message = _("The letter is on its way again. The invitation is valid for 7 more days.")

    def perform(self) -> str:
        row = memberships.resend_invitation(
            by=self.request.user, invitation=self.invitation, now=timezone.now()
        )
        return self.detail_url(row.organisation_id)
