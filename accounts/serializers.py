"""Shapes of the account in the API."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import photos
from accounts.history import Doer
from accounts.models import User
from accounts.telling import inbox
from common.rest.fields import VisibleField
from documents.models import Document
from journal.models import Event


class MeSerializer(serializers.ModelSerializer):
    roles = serializers.SerializerMethodField()
    unread = serializers.SerializerMethodField()
    photo_url = serializers.SerializerMethodField(help_text="Empty until a new photo was checked.")

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
            "photo_url",
            "roles",
            "unread",
        )
        read_only_fields = ("id", "email")

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.roles)

    def get_photo_url(self, user: User) -> str | None:
        return reverse("api:document-content", args=[user.photo_id]) if user.photo_id else None

    def get_unread(self, user: User) -> int:
        return inbox.unread_count(user)


class ProfileChangeSerializer(serializers.ModelSerializer):
    """What PATCH takes; everything is optional."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "phone", "language", "time_zone", "formats")


class PhotoSerializer(serializers.Serializer):
    document = VisibleField(
        Document,
        lambda user: Document.objects.unattached(user).filter(kind=photos.KIND),
        missing=_("There is no such document, or it is not yours."),
        help_text=f"The id of a document of kind ``{photos.KIND}`` that you sent.",
    )


class HistorySerializer(serializers.ModelSerializer):
    """One thing that happened with the account: what, by whom, when. Nobody is named."""

    words = serializers.CharField(source="label", help_text="The kind, in the caller's language.")
    by = serializers.ChoiceField(source="doer", choices=Doer.choices)

    class Meta:
        model = Event
        fields = ["id", "kind", "words", "by", "at"]
