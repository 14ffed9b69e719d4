"""Shapes of the forum's API."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.errors import NotFound
from common.rest.fields import VisibleField
from community.models import Category, Post, Report, Topic


class CategorySerializer(serializers.ModelSerializer):
    name = serializers.CharField(read_only=True)
    about = serializers.CharField(read_only=True)

    class Meta:
        model = Category
        fields = ["id", "slug", "name", "about", "colour", "icon", "topic_count", "post_count"]


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}], "description": "id or slug"})
class CategoryField(serializers.Field):
    """A category by id or slug; one that the person can't read does not exist for them."""

    default_error_messages = {"unknown": _("There is no such category.")}

    def to_internal_value(self, data: Any) -> Category:
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("unknown")
        typed = str(data)
        is_number = typed.isascii() and typed.isdecimal() and len(typed) < 19
        named = {"pk": int(typed)} if is_number else {"slug": typed}
        category = Category.objects.visible_to(self.context["request"].user).filter(**named).first()
        if category is None:
            raise NotFound(_("There is no such category."), field=self.field_name)
        return category

    def to_representation(self, value: Category) -> int:
        return value.pk


class TopicSerializer(serializers.ModelSerializer):
    category_slug = serializers.CharField(source="category.slug", read_only=True)
    author = serializers.CharField(source="author.name", read_only=True)
    last_author = serializers.CharField(source="last_author.name", read_only=True)
    reply_count = serializers.IntegerField(read_only=True)
    is_locked = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Topic
        fields = [
            *("id", "category", "category_slug", "title", "author", "last_author", "created_at"),
            *("bumped_at", "reply_count", "last_post_no", "solved_post_no", "is_locked", "url"),
        ]

    def get_is_locked(self, topic: Topic) -> bool:
        return topic.locked_at is not None

    def get_url(self, topic: Topic) -> str:
        return reverse("community:topic-detail", args=[topic.pk])


class TopicCreateSerializer(serializers.Serializer):
    category = CategoryField()
    title = serializers.CharField(max_length=1000)
    text = serializers.CharField(trim_whitespace=False)


class PostSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.name", read_only=True)
    is_hidden = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Post
        fields = [
            *("id", "topic", "post_no", "author", "html", "source", "created_at", "version", "edited_at"),
            *("is_hidden", "url"),
        ]

    def get_is_hidden(self, post: Post) -> bool:
        return post.hidden_at is not None

    def get_url(self, post: Post) -> str:
        return reverse("community:post-detail", args=[post.pk])


class PostCreateSerializer(serializers.Serializer):
    topic = VisibleField(Topic, Topic.objects.visible_to, missing=_("There is no such topic."))
    text = serializers.CharField(trim_whitespace=False)


class PostEditSerializer(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False)
    version = serializers.IntegerField(min_value=1, help_text="The version that was read before.")
    title = serializers.CharField(
        required=False, max_length=1000, help_text="Of the topic; first posts only."
    )
    reason = serializers.CharField(required=False, help_text="By the moderation; the author reads it.")


class PieceSerializer(serializers.Serializer):
    change = serializers.ChoiceField(choices=["", "added", "removed"])
    text = serializers.CharField()


class PostVersionSerializer(serializers.Serializer):
    number = serializers.IntegerField(source="version.number")
    title = serializers.CharField(source="version.title")
    text = serializers.CharField(source="version.source")
    written_at = serializers.DateTimeField(source="version.written_at")
    reason = serializers.CharField(source="version.reason", help_text="Where the moderation wrote it.")
    title_changes = PieceSerializer(source="title_pieces", many=True)
    changes = PieceSerializer(source="pieces", many=True)


class ReportSerializer(serializers.ModelSerializer):
    class Meta:
        model = Report
        fields = ["code", "post", "reason", "created_at"]


class ReportCreateSerializer(serializers.Serializer):
    post = VisibleField(Post, Post.objects.visible_to, missing=_("There is no such post."))
    reason = serializers.ChoiceField(choices=Report.Reason.choices)
    explanation = serializers.CharField()
    good_faith = serializers.BooleanField()
    law = serializers.CharField(required=False, allow_blank=True, max_length=160)
    notifier_name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    notifier_email = serializers.EmailField(required=False, allow_blank=True)
