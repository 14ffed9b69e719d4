"""Claims in the API: file, answer, withdraw; verdicts of the desk."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.views import CreateMixin, ReadViewSet
from vehicles import claims
from vehicles.claim_serializers import (
    ClaimByRegistrationSerializer,
    ObjectionSerializer,
    OwnershipClaimSerializer,
    VerdictSerializer,
)
from vehicles.models import OwnershipClaim


class ClaimViewSet(CreateMixin, ReadViewSet):
    """Claims one filed, and claims to one's cars; for the desk all. POST claims by registration document."""

    queryset = OwnershipClaim.objects.none()
    serializer_class = OwnershipClaimSerializer
    create_serializer_class = ClaimByRegistrationSerializer

    def get_queryset(self) -> QuerySet[OwnershipClaim]:
        user = self.request.user
        if user.has_permission(claims.DECIDE):
            return OwnershipClaim.objects.all()
        return OwnershipClaim.objects.visible_to(user)

    @extend_schema(request=ClaimByRegistrationSerializer, responses={201: OwnershipClaimSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> OwnershipClaim:
        return claims.file_claim(by=self.request.user, now=timezone.now(), **data)

    def _answer(self, *, agrees: bool, words: str = "") -> Response:
        claim = claims.answer_claim(
            by=self.request.user, claim=self.get_object(), agrees=agrees, words=words, now=timezone.now()
        )
        return Response(self.get_serializer(claim).data)

    @extend_schema(request=None, responses=OwnershipClaimSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, **kwargs: Any) -> Response:
        """The recorded owner sold the car: nobody waits any longer."""
        return self._answer(agrees=True)

    @extend_schema(request=ObjectionSerializer, responses=OwnershipClaimSerializer)
    @action(detail=True, methods=["post"], url_path="object")
    def object_(self, request: Request, **kwargs: Any) -> Response:
        """The recorded owner says why the car is still theirs."""
        shape = ObjectionSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        return self._answer(agrees=False, words=shape.validated_data["words"])

    @extend_schema(request=None, responses=OwnershipClaimSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        claim = claims.withdraw_claim(by=self.request.user, claim=self.get_object(), now=timezone.now())
        return Response(self.get_serializer(claim).data)

    @extend_schema(request=VerdictSerializer, responses=OwnershipClaimSerializer)
    @action(detail=True, methods=["post"])
    def verdict(self, request: Request, **kwargs: Any) -> Response:
        """One colleague's verdict; two alike decide."""
        shape = VerdictSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        claim = claims.give_verdict(
            by=self.request.user, claim=self.get_object(), now=timezone.now(), **shape.validated_data
        )
        return Response(self.get_serializer(claim).data)
