"""A centre's figures over the API: the same as the page."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common import civil
from common.rest.views import ApiView
from services.desk import figures
from services.desk.figures_serializers import FiguresQuerySerializer, FiguresSerializer


class Figures(ApiView):
    """Load against capacity of the coming days; promises kept and waiting times of the past weeks."""

    permission = "services.view_figures"

    @extend_schema(
        parameters=[
            OpenApiParameter("centre", OpenApiTypes.INT, required=True),
            OpenApiParameter("days", OpenApiTypes.INT, description="1 to 92; default 28."),
            OpenApiParameter("weeks", OpenApiTypes.INT, description="1 to 26; default 8."),
        ],
        responses=FiguresSerializer,
    )
    def get(self, request: Request) -> Response:
        query = FiguresQuerySerializer(data=request.query_params, context={"request": request})
        query.is_valid(raise_exception=True)
        asked, now = query.validated_data, timezone.now()
        centre = asked["centre"]
        past = figures.past_weeks(centre=centre, now=now, weeks=asked["weeks"])
        load = figures.load_ahead(
            centre=centre, first_day=civil.local_date(now, centre.zone), days=asked["days"]
        )
        return Response(FiguresSerializer({"load": load, "weeks": past.weeks, "total": past.total}).data)
