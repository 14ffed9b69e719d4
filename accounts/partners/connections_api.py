"""Services that a person has connected, and what the API's description says of partners."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Connection
from accounts.partners import connections
from accounts.partners.connections_serializers import ConnectionSerializer
from accounts.partners.partner_scopes import SCOPES
from common.rest.permissions import scope_of
from common.rest.views import ReadViewSet


class PartnerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.partners.partners_api.PartnerAuthentication"
    name = "partner"

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        """Named only where partners have an entry."""
        scope = scope_of(auto_schema.view, auto_schema.method)
        return {self.name: [scope]} if scope else None

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        token_url = reverse("idp:oidc:token")
        return {
            "type": "oauth2",
            "description": "For partner services: an access token by OpenID Connect, authorization code with "
            f"PKCE (S256). Discovery: {settings.PUBLIC_URL}{reverse('idp:oidc:configuration')}",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": reverse("idp:oidc:authorization"),
                    "tokenUrl": token_url,
                    "refreshUrl": token_url,
                    "scopes": {scope.name: str(scope.label) for scope in SCOPES.values()},
                }
            },
        }


class ConnectedServiceViewSet(ReadViewSet):
    """Services that the person signs in to with this account, and what they may do."""

    queryset = Connection.objects.none()
    serializer_class = ConnectionSerializer

    def get_queryset(self) -> QuerySet[Connection]:
        return connections.connections_of(self.request.user)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Disconnects the service: its tokens are refused from this moment on."""
        connections.revoke_connection(by=self.request.user, connection=self.get_object(), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
