"""Shapes of addresses, organisations and their members in the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Address, MemberInvitation, Membership, Organisation, User
from accounts.organisations import organisations
from common.rest.fields import VisibleField


class AddressSerializer(serializers.ModelSerializer[Address]):
    """One address of each purpose. Country is ISO 3166-1 alpha-2."""

    class Meta:
        model = Address
        fields = ("purpose", "recipient", "extra", "street", "postcode", "town", "country")
        read_only_fields = fields


class AddressChangeSerializer(serializers.Serializer[Any]):
    recipient = serializers.CharField(max_length=120, required=False, allow_blank=True)
    extra = serializers.CharField(max_length=120, required=False, allow_blank=True)
    street = serializers.CharField(max_length=120)
    postcode = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")
    town = serializers.CharField(max_length=80)
    country = serializers.CharField(max_length=2, default="DE")


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """What only administrators and fleet managers see is empty for drivers."""

    role = serializers.SerializerMethodField(help_text="The caller's role in it.")
    invoice_email = serializers.CharField(read_only=True)  # may be empty, which no e-mail address is

    class Meta:
        model = Organisation
        fields = (
            "id",
            "name",
            "legal_form",
            "vat_id",
            "order_reference",
            "invoice_email",
            "created_at",
            "role",
        )
        read_only_fields = fields

    def get_role(self, organisation: Organisation) -> str:
        held = organisations.membership_of(user=self.context["request"].user, organisation=organisation)
        return held.role if held else ""

    def to_representation(self, instance: Organisation) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if shown["role"] not in Membership.Role.running():
            shown.update(vat_id="", order_reference="", invoice_email="")
        return shown


class OrganisationChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=160)
    legal_form = serializers.ChoiceField(Organisation.LegalForm.choices)
    vat_id = serializers.CharField(max_length=20, required=False, allow_blank=True)
    order_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    invoice_email = serializers.EmailField(required=False, allow_blank=True)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """Somebody who acts for an organisation. Drivers see themselves alone."""

    name = serializers.CharField(source="user.display_name", read_only=True)
    person = serializers.IntegerField(source="user_id", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "organisation", "person", "name", "role", "since")
        read_only_fields = fields


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Membership.Role.choices)


def _administered(user: User) -> Any:
    held = Membership.objects.in_force().filter(user=user)
    return Organisation.objects.filter(pk__in=held.values("organisation_id"))


class InviteMemberSerializer(serializers.Serializer[Any]):
    organisation = VisibleField(
        Organisation, _administered, missing=_("You do not act for such an organisation.")
    )
    email = serializers.CharField(max_length=254)
    role = serializers.ChoiceField(Membership.Role.choices, default=Membership.Role.DRIVER)


class MemberInvitationSerializer(serializers.ModelSerializer[MemberInvitation]):
    """``mine`` tells whether it waits for the caller's answer; the address is told to administrators."""

    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    mine = serializers.SerializerMethodField()

    class Meta:
        model = MemberInvitation
        fields = (
            "id",
            "organisation",
            "organisation_name",
            "email",
            "role",
            "mine",
            "invited_at",
            "expires_at",
            "outcome",
        )
        read_only_fields = fields

    def get_mine(self, row: MemberInvitation) -> bool:
        user = self.context["request"].user
        return not row.outcome and row.expires_at > timezone.now() and row.email == user.email
