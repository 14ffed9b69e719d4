"""The forum's API: the same reads and the same deeds as the pages."""

from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import CursorPagination
from common.rest.views import CreateMixin, IdempotentPost, ReadViewSet
from community import editing, posting, reading, reporting
from community.models import Category, Post, Report, Topic
from community.serializers import (
    CategorySerializer,
    PostCreateSerializer,
    PostEditSerializer,
    PostSerializer,
    PostVersionSerializer,
    ReportCreateSerializer,
    ReportSerializer,
    TopicCreateSerializer,
    TopicSerializer,
)

if TYPE_CHECKING:
    from accounts.models import User

READING = {"list", "retrieve", "versions"}


class ByPosition(CursorPagination):
    ordering: Any = ("position", "id")


class ByActivity(CursorPagination):
    ordering: Any = ("-bumped_at", "-id")


class ByNumber(CursorPagination):
    """Within a topic in its order; across topics the newest first."""

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> tuple[str, ...]:
        return ("post_no",) if request.query_params.get("topic") else ("-id",)


class PublicReading(ReadViewSet):
    """Guests may read what is public; writing needs a sign-in."""

    def get_permissions(self) -> Any:
        self.public = getattr(self, "action", None) in READING
        return super().get_permissions()


class CategoryViewSet(ReadViewSet):
    public = True
    queryset = Category.objects.none()
    serializer_class = CategorySerializer
    pagination_class = ByPosition

    def get_queryset(self) -> QuerySet[Category]:
        return Category.objects.visible_to(self.request.user)


class TopicFilter(filters.FilterSet):
    category = filters.CharFilter(method="by_category", label="id or slug")

    class Meta:
        model = Topic
        fields = ["category"]

    def by_category(self, topics: QuerySet[Topic], _name: str, value: str) -> QuerySet[Topic]:
        if value.isascii() and value.isdecimal() and len(value) < 19:
            return topics.filter(category=int(value))
        return topics.filter(category__slug=value)


class TopicViewSet(CreateMixin, PublicReading):
    queryset = Topic.objects.none()
    serializer_class = TopicSerializer
    create_serializer_class = TopicCreateSerializer
    pagination_class = ByActivity
    filterset_class = TopicFilter

    def get_queryset(self) -> QuerySet[Topic]:
        return reading.listed_topics(self.request.user)

    @extend_schema(request=TopicCreateSerializer, responses={201: TopicSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Topic:
        return posting.open_topic(by=cast("User", self.request.user), now=timezone.now(), **data)


class PostFilter(filters.FilterSet):
    topic = filters.NumberFilter(field_name="topic_id")

    class Meta:
        model = Post
        fields = ["topic"]


class PostViewSet(CreateMixin, PublicReading):
    queryset = Post.objects.none()
    serializer_class = PostSerializer
    create_serializer_class = PostCreateSerializer
    pagination_class = ByNumber
    filterset_class = PostFilter

    def get_queryset(self) -> QuerySet[Post]:
        return Post.objects.visible_to(self.request.user).select_related("author")

    @extend_schema(request=PostCreateSerializer, responses={201: PostSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Post:
        return posting.reply(by=cast("User", self.request.user), now=timezone.now(), **data)

    @extend_schema(request=PostEditSerializer, responses=PostSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Another wording of a post, by its author or the moderation."""
        shape = PostEditSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        changed = editing.edit_post(
            by=cast("User", request.user), post=self.get_object(), now=timezone.now(), **shape.validated_data
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(responses=PostVersionSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def versions(self, request: Request, **kwargs: Any) -> Response:
        """Every wording with what it changed, the newest first; none for a post that never changed."""
        steps = editing.history(request.user, self.get_object())
        return Response(PostVersionSerializer(steps, many=True).data)

    @extend_schema(request=None, responses={204: None})
    @versions.mapping.delete
    def erase_versions(self, request: Request, **kwargs: Any) -> Response:
        """By the moderation: earlier wordings that must not stay go for good."""
        editing.erase_versions(by=cast("User", request.user), post=self.get_object())
        return Response(status=204)


class ReportViewSet(CreateMixin, IdempotentPost, viewsets.GenericViewSet):
    """Anybody can report (DSA Art. 16); the receipt is the answer's code."""

    public = True
    queryset = Report.objects.none()
    serializer_class = ReportSerializer
    create_serializer_class = ReportCreateSerializer

    @extend_schema(request=ReportCreateSerializer, responses={201: ReportSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Report:
        address = self.request.META.get("REMOTE_ADDR", "")
        return reporting.report_post(by=self.request.user, address=address, now=timezone.now(), **data)
