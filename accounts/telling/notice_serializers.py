"""Shapes of notices, wishes and push subscriptions in the API."""

from typing import Any

from rest_framework import serializers

from accounts.models import Notice, NoticeTimes, PushSubscription
from accounts.telling import inbox, notice_kinds
from accounts.telling.notice_wishes import Wish


class NoticeSerializer(serializers.ModelSerializer):
    group = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "group", "title", "text", "url", "created_at", "read_at")

    def get_group(self, notice: Notice) -> str:
        kind = notice_kinds.find_kind(notice.kind)
        return kind.group if kind else ""

    def get_title(self, notice: Notice) -> str:
        return inbox.words_of(notice).title

    def get_text(self, notice: Notice) -> str:
        return inbox.words_of(notice).text


class MarkedSerializer(serializers.Serializer[dict[str, Any]]):
    marked = serializers.IntegerField()


class WishSerializer(serializers.Serializer[Wish]):
    """One group of notices and its ways out of the house; ``always`` says what comes by mail anyway."""

    group = serializers.CharField(source="group.name", max_length=40)
    title = serializers.CharField(source="group.label", read_only=True)
    always = serializers.CharField(source="group.always", read_only=True)
    mail = serializers.BooleanField()
    push = serializers.BooleanField()


class WishesSerializer(serializers.Serializer[dict[str, Any]]):
    """``quiet_from`` and ``quiet_until`` are wall clocks of the person's own time zone."""

    groups = WishSerializer(many=True)
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    digest = serializers.ChoiceField(choices=NoticeTimes.Digest.choices)


class PushSubscriptionSerializer(serializers.ModelSerializer):
    class Meta:
        model = PushSubscription
        fields = ("id", "device", "created_at")


class PushKeysSerializer(serializers.Serializer[dict[str, Any]]):
    p256dh = serializers.CharField(max_length=120)
    auth = serializers.CharField(max_length=40)


class PushSubscriptionCreateSerializer(serializers.Serializer[dict[str, Any]]):
    """As ``PushSubscription.toJSON()`` of a browser says it."""

    endpoint = serializers.CharField(max_length=500)
    keys = PushKeysSerializer()


class PushKeySerializer(serializers.Serializer[dict[str, Any]]):
    """The applicationServerKey to subscribe with; empty where this house offers no push."""

    key = serializers.CharField(allow_blank=True)
