"""Shapes of connected services and of devices in the API."""

from typing import Any

from allauth.usersessions.models import UserSession
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.devices import device_words
from accounts.models import Connection
from accounts.partners.partner_scopes import known_scopes


class AllowedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField(source="label", help_text="In the language of the request.")
    acts = serializers.BooleanField(help_text="Does something in the person's name; others only read.")


class ConnectionSerializer(serializers.ModelSerializer[Connection]):
    name = serializers.CharField(source="partner.name")
    field = serializers.CharField(source="partner.field")
    about = serializers.CharField(source="partner.about", help_text="In the language of the request.")
    website = serializers.URLField(source="partner.website")
    privacy_url = serializers.URLField(source="partner.privacy_url")
    scopes = serializers.SerializerMethodField()

    class Meta:
        model = Connection
        fields = ("id", "name", "field", "about", "website", "privacy_url", "scopes", "since", "last_used_at")

    @extend_schema_field(AllowedSerializer(many=True))
    def get_scopes(self, connection: Connection) -> list[Any]:
        return list(AllowedSerializer(known_scopes(connection.scopes), many=True).data)


class DeviceSerializer(serializers.ModelSerializer[UserSession]):
    name = serializers.SerializerMethodField(help_text="Such as “Firefox on Windows”.")
    current = serializers.SerializerMethodField(help_text="The session of this very request.")
    signed_in_at = serializers.DateTimeField(source="created_at")

    class Meta:
        model = UserSession
        fields = ("id", "name", "ip", "signed_in_at", "last_seen_at", "current")

    def get_name(self, session: UserSession) -> str:
        return device_words(session.user_agent)

    def get_current(self, session: UserSession) -> bool:
        return session.session_key == self.context["session_key"]
