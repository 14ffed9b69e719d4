"""Where the person is signed in, in the API."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sessions
from accounts.partners.connections_serializers import DeviceSerializer
from common.rest.views import ReadViewSet


class DeviceViewSet(ReadViewSet):
    """Browsers and apps that are signed in, the youngest sign-in first."""

    queryset = UserSession.objects.none()
    serializer_class = DeviceSerializer

    def get_queryset(self) -> QuerySet[UserSession]:
        return sessions.sessions_of(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        session = getattr(self.request, "auth", None) or self.request.session
        return {**super().get_serializer_context(), "session_key": getattr(session, "session_key", None)}

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Signs out there, at once; its open sockets close."""
        sessions.end_session(by=self.request.user, session=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
