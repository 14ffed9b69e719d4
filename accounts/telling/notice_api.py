"""Notices in the API: the inbox, how a person wants to be told, and their push subscriptions."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.devices import device_words
from accounts.models import Notice, PushSubscription
from accounts.telling import inbox, notice_kinds, notice_wishes, push, push_sending
from accounts.telling.notice_serializers import (
    MarkedSerializer,
    NoticeSerializer,
    PushKeySerializer,
    PushSubscriptionCreateSerializer,
    PushSubscriptionSerializer,
    WishesSerializer,
)
from common.rest.views import ApiView, CreateMixin, ReadViewSet


class NoticeFilter(filters.FilterSet):
    """``unread=true``, ``group=car``."""

    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")
    group = filters.CharFilter(method="of_group", label="a group of notification-preferences")

    class Meta:
        model = Notice
        fields = ("unread", "group")

    def of_group(self, notices: QuerySet[Notice], name: str, group: str) -> QuerySet[Notice]:
        return notices.filter(kind__in=notice_kinds.kinds_of(group))


class NoticeViewSet(ReadViewSet):
    """What the person was told, newest first, in the language of the request."""

    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    scopes = {"list": "notifications:read", "retrieve": "notifications:read"}

    def get_queryset(self) -> QuerySet[Notice]:
        return inbox.notices_of(self.request.user)

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, **kwargs: Any) -> Response:
        notice = self.get_object()
        inbox.mark_read(user=self.request.user, notice=notice, now=timezone.now())
        notice.refresh_from_db()
        return Response(NoticeSerializer(notice).data)

    @extend_schema(request=None, responses=MarkedSerializer, filters=False)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        return Response({"marked": inbox.mark_read(user=self.request.user, now=timezone.now())})


class NoticePreferences(ApiView):
    """Groups and channels, quiet hours, how often a mail may come. A PUT says all; unnamed groups stay."""

    @extend_schema(responses=WishesSerializer)
    def get(self, request: Request) -> Response:
        return Response(self._shown())

    @extend_schema(request=WishesSerializer, responses=WishesSerializer)
    def put(self, request: Request) -> Response:
        shape = WishesSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        asked = shape.validated_data
        wishes = {
            (row["group"]["name"], channel): row[channel]
            for row in asked["groups"]
            for channel in ("mail", "push")
        }
        with transaction.atomic():
            notice_wishes.change_times(
                by=self.request.user,
                quiet_from=asked["quiet_from"],
                quiet_until=asked["quiet_until"],
                digest=asked["digest"],
            )
            notice_wishes.change_wishes(by=self.request.user, wishes=wishes)
        return Response(self._shown())

    def _shown(self) -> Any:
        times = notice_wishes.times_of(self.request.user)
        values = {name: getattr(times, name) for name in ("quiet_from", "quiet_until", "digest")}
        groups = notice_wishes.wishes_of(self.request.user)
        return WishesSerializer({"groups": groups, **values}).data


class PushSubscriptionViewSet(CreateMixin, ReadViewSet):
    """Browsers that take web push, as long as the sign-in they were added in lasts."""

    queryset = PushSubscription.objects.none()
    serializer_class = PushSubscriptionSerializer
    create_serializer_class = PushSubscriptionCreateSerializer

    def get_queryset(self) -> QuerySet[PushSubscription]:
        return PushSubscription.objects.visible_to(self.request.user).order_by("-pk")

    def perform_domain_create(self, data: dict[str, Any]) -> PushSubscription:
        # An app's session comes with its token, a page's with its cookie.
        session = getattr(self.request, "auth", None) or self.request.session
        return push.subscribe(
            by=self.request.user,
            endpoint=data["endpoint"],
            keys=push.Keys(**data["keys"]),
            device=device_words(self.request.headers.get("User-Agent", "")),
            session_key=getattr(session, "session_key", None) or "",
            now=timezone.now(),
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        push.unsubscribe(by=self.request.user, subscription_id=self.get_object().pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=PushKeySerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def key(self, request: Request) -> Response:
        """What a browser needs to subscribe."""
        return Response({"key": push_sending.public_key() if push_sending.is_offered() else ""})
