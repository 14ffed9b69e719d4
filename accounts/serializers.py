"""Shapes of the account in the API."""

from rest_framework import serializers

from accounts.models import User
from accounts.telling import inbox


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
            "formats",
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
        fields = ("first_name", "last_name", "phone", "language", "time_zone", "formats")
