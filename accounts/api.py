"""The account in the API: me."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import history, photos, profile
from accounts.serializers import HistorySerializer, MeSerializer, PhotoSerializer, ProfileChangeSerializer
from common.rest.views import ApiView, ReadViewSet
from journal.models import Event


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


class MePhoto(ApiView):
    """The signed-in person's photo. It shows once it was checked."""

    @extend_schema(request=PhotoSerializer, responses={204: None})
    def put(self, request: Request) -> Response:
        shape = PhotoSerializer(data=request.data, context={"request": request})
        shape.is_valid(raise_exception=True)
        photos.set_photo(by=self.request.user, document=shape.validated_data["document"], now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        photos.remove_photo(by=self.request.user, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class HistoryViewSet(ReadViewSet):
    """What happened with the account, newest first: changes, and who of our team looked at the file."""

    queryset = Event.objects.none()
    serializer_class = HistorySerializer

    def get_queryset(self) -> QuerySet[Event]:
        return history.events_about(self.request.user)
