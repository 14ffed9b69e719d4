"""The account in the API: me, and what I was told."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inbox, profile
from accounts.models import Notice
from accounts.serializers import MarkedSerializer, MeSerializer, NoticeSerializer, ProfileChangeSerializer
from common.rest.views import ApiView, ReadViewSet


class Me(ApiView):
    """The signed-in person."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=ProfileChangeSerializer, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        shape = ProfileChangeSerializer(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        changed = profile.change_profile(by=self.request.user, changes=dict(shape.validated_data))
        return Response(MeSerializer(changed).data)


class NoticeViewSet(ReadViewSet):
    """What the person was told, newest first, in the language of the request."""

    scopes = {"list": "notifications:read", "retrieve": "notifications:read"}
    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.visible_to(self.request.user).order_by("-pk")

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, **kwargs: Any) -> Response:
        notice = self.get_object()
        inbox.mark_read(user=self.request.user, notice=notice, now=timezone.now())
        notice.refresh_from_db()
        return Response(NoticeSerializer(notice).data)

    @extend_schema(request=None, responses=MarkedSerializer)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        return Response({"marked": inbox.mark_read(user=self.request.user, now=timezone.now())})
