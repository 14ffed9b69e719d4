"""The board over the API: what the staff's page draws, and the moves it makes."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common import civil
from common.errors import NotFound
from common.rest.views import ApiView
from services.desk import board, planning
from services.desk.board_serializers import (
    BoardQuerySerializer,
    BoardSerializer,
    PlacedSerializer,
    VisitPlaceSerializer,
)
from services.models import Appointment, Resource


class BoardDetail(ApiView):
    """A centre's rows, bars and open work on one, three or seven civil days."""

    permission = "services.view_day"

    @extend_schema(
        operation_id="board_retrieve",
        parameters=[
            OpenApiParameter("centre", OpenApiTypes.INT, required=True),
            OpenApiParameter("from", OpenApiTypes.DATE, description="First civil day; default today."),
            OpenApiParameter("days", OpenApiTypes.INT, enum=list(board.LENGTHS), default=1),
        ],
        responses=BoardSerializer,
    )
    def get(self, request: Request) -> Response:
        query = BoardQuerySerializer(data=request.query_params, context={"request": request})
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        centre, now = asked["centre"], timezone.now()
        with timezone.override(centre.zone):
            shown = board.board_of(
                by=self.request.user,
                centre=centre,
                first_day=asked.get("from") or civil.local_date(now, centre.zone),
                days=int(asked["days"]),
                now=now,
            )
            return Response(BoardSerializer(shown).data)


class BoardPlace(ApiView):
    """Move a visit on the board, or give a part of it to somebody else; refused with the reason."""

    permission = "services.change_day"

    @extend_schema(
        operation_id="board_visits_place", request=VisitPlaceSerializer, responses=PlacedSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        visits = Appointment.objects.at_centres_of(self.request.user).select_related("centre")

        def work() -> tuple[int, Any]:
            visit = get_object_or_404(visits, pk=pk)
            with timezone.override(visit.centre.zone):
                shape = VisitPlaceSerializer(data=request.data)
                shape.is_valid(raise_exception=True)
                placed = planning.place_visit(
                    by=self.request.user,
                    appointment=visit,
                    starts_at=shape.validated_data.get("starts_at"),
                    seats=_seats(visit, shape.validated_data),
                    now=timezone.now(),
                )
                return 200, dict(PlacedSerializer(placed).data)

        return self.answer_once(request, work)


def _seats(visit: Appointment, asked: dict[str, Any]) -> dict[planning.Place, Resource]:
    if "resource" not in asked:
        return {}
    resource = Resource.objects.filter(centre=visit.centre_id, pk=asked["resource"]).first()
    if resource is None:
        raise NotFound(planning.NO_SUCH_RESOURCE, field="resource")
    return {(asked["job"], asked["part"]): resource}
