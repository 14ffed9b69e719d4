"""Mandates and payments in the API: twins of the pages, on the same functions."""

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common.rest.views import CreateMixin, ReadViewSet
from subscriptions.billing import billing_accounts
from subscriptions.models import BillingAccount, Mandate, Payment
from subscriptions.payments import mandates, methods
from subscriptions.payments.serializers import MandateSerializer, PaymentSerializer, SignMandateSerializer


class MandateViewSet(CreateMixin, ReadViewSet):
    """The caller's SEPA mandates. POST signs one; it replaces the one before."""

    queryset = Mandate.objects.none()
    serializer_class = MandateSerializer
    create_serializer_class = SignMandateSerializer

    def get_queryset(self) -> QuerySet[Mandate]:
        return mandates.visible_to(self.request.user).order_by("-signed_at", "-pk")

    @extend_schema(request=SignMandateSerializer, responses={201: MandateSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Mandate:
        user, now = cast(User, self.request.user), timezone.now()
        if "account" in data:
            account = get_object_or_404(BillingAccount.objects.visible_to(user), pk=data["account"])
        else:
            account = billing_accounts.account_for(person=user, now=now)
        return mandates.sign_mandate(
            by=user,
            account=account,
            debtor=mandates.Debtor(name=data["debtor"], iban=data["iban"]),
            signer_name=data["signer_name"],
            strokes=data.get("strokes") or [],
            typed=not data.get("strokes"),
            device=self.request.headers.get("User-Agent", ""),
            now=now,
        )

    @extend_schema(request=None, responses=MandateSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **kwargs: Any) -> Response:
        """Nothing more is collected by it."""

        def work() -> tuple[int, Any]:
            mandate = mandates.revoke_mandate(
                by=cast(User, request.user), mandate=self.get_object(), now=timezone.now()
            )
            return 200, dict(self.get_serializer(mandate).data)

        return self.answer_once(request, work)


class PaymentViewSet(ReadViewSet):
    """What the caller paid, what is announced, and what came back."""

    queryset = Payment.objects.none()
    serializer_class = PaymentSerializer
    filterset_fields = ("state", "method")

    def get_queryset(self) -> QuerySet[Payment]:
        return methods.payments_of(self.request.user)
