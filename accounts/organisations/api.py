"""Addresses, organisations, members and invitations in the API: twins of the pages."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import addresses
from accounts.models import Address, MemberInvitation, Membership, Organisation
from accounts.organisations import closing, memberships, organisations
from accounts.organisations.serializers import (
    AddressChangeSerializer,
    AddressSerializer,
    InviteMemberSerializer,
    MemberInvitationSerializer,
    MemberSerializer,
    OrganisationChangeSerializer,
    OrganisationSerializer,
    RoleSerializer,
)
from common.rest.views import CreateMixin, ReadViewSet


class AddressViewSet(ReadViewSet):
    """The caller's addresses, one per purpose: ``home``, ``invoice``, ``delivery``."""

    queryset = Address.objects.none()
    serializer_class = AddressSerializer
    lookup_field = "purpose"

    def get_queryset(self) -> QuerySet[Address]:
        return Address.objects.filter(user=self.request.user).order_by("pk")

    @extend_schema(request=AddressChangeSerializer, responses=AddressSerializer)
    def update(self, request: Request, purpose: str, **kwargs: Any) -> Response:
        """Set the address for this purpose."""
        shape = AddressChangeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        saved = addresses.change_address(by=self.request.user, purpose=purpose, **shape.validated_data)
        return Response(AddressSerializer(saved).data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, purpose: str, **kwargs: Any) -> Response:
        addresses.remove_address(by=self.request.user, purpose=purpose)
        return Response(status=status.HTTP_204_NO_CONTENT)


class OrganisationViewSet(CreateMixin, ReadViewSet):
    """Organisations that the caller acts for. POST creates one; the caller administers it."""

    queryset = Organisation.objects.none()
    serializer_class = OrganisationSerializer
    create_serializer_class = OrganisationChangeSerializer

    def get_queryset(self) -> QuerySet[Organisation]:
        return Organisation.objects.visible_to(self.request.user).order_by("pk")

    @extend_schema(request=OrganisationChangeSerializer, responses={201: OrganisationSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Organisation:
        return organisations.create_organisation(by=self.request.user, values=data, now=timezone.now())

    @extend_schema(request=OrganisationChangeSerializer, responses=OrganisationSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        organisation = self.get_object()
        shape = OrganisationChangeSerializer(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        changed = organisations.change_organisation(
            by=self.request.user,
            organisation=organisation,
            changes=shape.validated_data,
            now=timezone.now(),
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(responses=AddressSerializer)
    @action(detail=True, url_path="invoice-address")
    def invoice_address(self, request: Request, **kwargs: Any) -> Response:
        """Where its invoices go: for its administrators and fleet managers."""
        held = addresses.invoice_address(by=self.request.user, organisation=self.get_object())
        return Response(AddressSerializer(held).data)

    @extend_schema(request=AddressChangeSerializer, responses=AddressSerializer)
    @invoice_address.mapping.put
    def set_invoice_address(self, request: Request, **kwargs: Any) -> Response:
        """Set it, as one of its administrators."""
        shape = AddressChangeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        saved = addresses.change_address(
            by=self.request.user,
            organisation=self.get_object(),
            purpose=Address.Purpose.INVOICE,
            **shape.validated_data,
        )
        return Response(AddressSerializer(saved).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: Any) -> Response:
        """Close it for good: everybody's membership ends. 409 ``organisation_in_use`` while it has
        cars or running contracts."""
        closing.close_organisation(by=self.request.user, organisation=self.get_object(), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class MemberViewSet(ReadViewSet):
    """Members of organisations that the caller runs; drivers find themselves alone."""

    queryset = Membership.objects.none()
    serializer_class = MemberSerializer
    filterset_fields = ("organisation", "role")

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.visible_to(self.request.user).select_related("user").order_by("pk")

    @extend_schema(request=RoleSerializer, responses=MemberSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Another role for this member."""
        shape = RoleSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        changed = memberships.change_role(
            by=self.request.user,
            membership=self.get_object(),
            role=shape.validated_data["role"],
            now=timezone.now(),
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Leave, or remove a member."""
        memberships.end_membership(by=self.request.user, membership=self.get_object(), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class MemberInvitationViewSet(CreateMixin, ReadViewSet):
    """Invitations that wait for the caller, and those of organisations that they administer."""

    queryset = MemberInvitation.objects.none()
    serializer_class = MemberInvitationSerializer
    create_serializer_class = InviteMemberSerializer

    def get_queryset(self) -> QuerySet[MemberInvitation]:
        rows = MemberInvitation.objects.visible_to(self.request.user, timezone.now())
        return rows.select_related("organisation").order_by("pk")

    @extend_schema(request=InviteMemberSerializer, responses={201: MemberInvitationSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> MemberInvitation:
        return memberships.invite_member(by=self.request.user, now=timezone.now(), **data)

    @extend_schema(request=None, responses=MemberSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: Any) -> Response:
        held = memberships.accept_invitation(
            by=self.request.user, invitation=self.get_object(), now=timezone.now()
        )
        return Response(MemberSerializer(held).data)

    @extend_schema(request=None, responses=MemberInvitationSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        return self._said(memberships.refuse_invitation)

    @extend_schema(request=None, responses=MemberInvitationSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        return self._said(memberships.withdraw_invitation)

    @extend_schema(request=None, responses=MemberInvitationSerializer)
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, **kwargs: Any) -> Response:
        return self._said(memberships.resend_invitation)

    def _said(self, decide: Any) -> Response:
        row = decide(by=self.request.user, invitation=self.get_object(), now=timezone.now())
        return Response(self.get_serializer(row).data)
