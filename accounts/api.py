"""The account in the API: me."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import profile
from accounts.serializers import MeSerializer, ProfileChangeSerializer
from common.rest.views import ApiView


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
