"""Usage in the API: reports from sources by their key, and what one's own contracts used."""

from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.models import User
from common.errors import Invalid, NotFound
from common.rest.permissions import HasNamedPermission
from common.rest.throttling import PersonThrottle
from common.rest.views import ApiView, ReadViewSet
from subscriptions.models import Contract, UsageRecord, UsageSource
from subscriptions.usage import entitlements, metering, sources
from subscriptions.usage.serializers import (
    EntitlementSerializer,
    UsageBatchSerializer,
    UsageOutcomeSerializer,
    UsageRecordSerializer,
)
from vehicles.models import Vehicle

HEADER = "X-Api-Key"


class SourceAuthentication(BaseAuthentication):
    """``X-Api-Key``: who sends one is a source of usage and nothing more."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, UsageSource] | None:
        key = request.headers.get(HEADER)
        if key is None:
            return None
        source = sources.source_of(key)
        if source is None:
            raise AuthenticationFailed(_("This key is not valid (any more)."), code="invalid_key")
        return AnonymousUser(), source

    def authenticate_header(self, request: Request) -> str:
        return f'{HEADER} realm="usage"'


class SourceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "subscriptions.usage.api.SourceAuthentication"
    name = "sourceKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": HEADER,
            "description": "For sources of usage: the key that staff gave them.",
        }


class IsSource(HasNamedPermission):
    """A source by its key; colleagues who look after sources hear that the key is missing."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, UsageSource) or super().has_permission(request, view)


class SourceThrottle(PersonThrottle):
    """Per source, wherever its reports come from."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": f"source-{getattr(request.auth, 'pk', 0)}"}


class UsageViewSet(ReadViewSet):
    """What one's contracts used, record by record. POST takes reports from sources."""

    queryset = UsageRecord.objects.none()
    serializer_class = UsageRecordSerializer
    filterset_fields = ("unit",)
    permission = {"create": sources.RUN}

    def get_authenticators(self) -> list[BaseAuthentication]:
        usual = super().get_authenticators()
        posted = self.request is not None and self.request.method == "POST"
        return [SourceAuthentication(), *usual] if posted else usual

    def get_permissions(self) -> list[Any]:
        return [IsSource()] if self.action == "create" else list(super().get_permissions())

    def get_throttles(self) -> list[BaseThrottle]:
        return [SourceThrottle()] if self.action == "create" else list(super().get_throttles())

    def get_queryset(self) -> QuerySet[UsageRecord]:
        return UsageRecord.objects.visible_to(self.request.user).with_names()

    @extend_schema(request=UsageBatchSerializer, responses=UsageOutcomeSerializer)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Count a batch. Idempotent per source and id, so it may be sent again as it is; what can't be
        taken is named in the answer, the rest is counted."""
        shape = UsageBatchSerializer(data={"reports": _reports(request.data)})
        if not isinstance(shape.initial_data["reports"], list) or not shape.initial_data["reports"]:
            shape.is_valid(raise_exception=True)
        if not isinstance(request.auth, UsageSource):
            raise Invalid(_("Send the key of a source as X-Api-Key."), code="no_key")
        outcome = metering.report_usage(
            source=request.auth, reports=shape.initial_data["reports"], now=timezone.now()
        )
        return Response(UsageOutcomeSerializer(outcome).data)


def _reports(data: Any) -> Any:
    """The batch as sent: its reports are read one by one, so that one bad report spoils no other."""
    return data.get("reports") if isinstance(data, dict) else None


class Entitlements(ApiView):
    """What the caller's contracts include now, and what is left of it."""

    asks_about = True

    @extend_schema(
        parameters=[
            OpenApiParameter("vehicle", int, description="Only what this car may do."),
            OpenApiParameter("unit", str, description="Only this unit, such as swap."),
        ],
        responses=EntitlementSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        unit = request.query_params.get("unit")
        if (asked := request.query_params.get("vehicle")) is not None:
            found = entitlements.entitlements_of(vehicle=_car(request, asked), unit=unit, now=now)
        else:
            contracts = Contract.objects.visible_to(cast(User, request.user))
            found = entitlements.entitlements_of(contracts=contracts, unit=unit, now=now)
        return Response(EntitlementSerializer(found, many=True).data)


def _car(request: Request, asked: str) -> Vehicle:
    cars = Vehicle.objects.visible_to(cast(User, request.user), timezone.now())
    car = (
        cars.filter(pk=int(asked)).first()
        if asked.isascii() and asked.isdigit() and len(asked) < 16
        else None
    )
    if car is None:
        raise NotFound(_("There is no such car in your garage."), code="vehicle_not_found")
    return car
