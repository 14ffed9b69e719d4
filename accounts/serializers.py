"""Shapes of the account in the API."""

from typing import Any

from rest_framework import serializers

from accounts import inbox
from accounts.models import Notice, User


class MeSerializer(serializers.ModelSerializer):
    roles = serializers.SerializerMethodField()
    unread = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = (
            "id",
            "email",
            "first_name",
            "last_name",
            "phone",
            "language",
            "time_zone",
            "roles",
            "unread",
        )
        read_only_fields = ("id", "email")

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.roles)

    def get_unread(self, user: User) -> int:
        return inbox.unread_count(user)


class ProfileChangeSerializer(serializers.ModelSerializer):
    """What PATCH takes; everything is optional."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "phone", "language", "time_zone")


class NoticeSerializer(serializers.ModelSerializer):
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "title", "text", "url", "created_at", "read_at")

    def get_title(self, notice: Notice) -> str:
        return inbox.words_of(notice).title

    def get_text(self, notice: Notice) -> str:
        return inbox.words_of(notice).text


class MarkedSerializer(serializers.Serializer[dict[str, Any]]):
    marked = serializers.IntegerField()
