from typing import Any

from django.urls import URLPattern, URLResolver, path

from services.api import AppointmentViewSet, CentreViewSet, ServiceTypeViewSet
from services.booking.api import HoldViewSet, SlotList
from services.centres.api import AbsenceViewSet, ClosureViewSet, ReplanViewSet, ResourceViewSet
from services.centres.opening_api import ExtraOpeningViewSet
from services.desk.board_api import BoardDetail, BoardPlace
from services.desk.counter_api import LoanViewSet, RepairOrderViewSet, TyreSetViewSet
from services.desk.figures_api import Figures
from services.estimates.api import EstimateViewSet
from services.upkeep.api import (
    CalendarDetail,
    CampaignCarViewSet,
    CampaignViewSet,
    CarUpkeepDetail,
    RecallViewSet,
)
from services.visits.api import AppointmentTimeline, VisitMessageViewSet
from services.work.api import JobViewSet, TechnicianViewSet

router_entries: list[tuple[str, Any, str]] = [
    ("centres", CentreViewSet, "centre"),
    ("service-types", ServiceTypeViewSet, "service-type"),
    ("holds", HoldViewSet, "hold"),
    ("appointments", AppointmentViewSet, "appointment"),
    ("resources", ResourceViewSet, "resource"),
    ("absences", AbsenceViewSet, "absence"),
    ("closures", ClosureViewSet, "closure"),
    ("extra-openings", ExtraOpeningViewSet, "extra-opening"),
    ("replans", ReplanViewSet, "replan"),
    ("estimates", EstimateViewSet, "estimate"),
    ("messages", VisitMessageViewSet, "message"),
    ("repair-orders", RepairOrderViewSet, "repair-order"),
    ("loans", LoanViewSet, "loan"),
    ("tyre-sets", TyreSetViewSet, "tyre-set"),
    ("jobs", JobViewSet, "job"),
    ("technicians", TechnicianViewSet, "technician"),
    ("recalls", RecallViewSet, "recall"),
    ("campaigns", CampaignViewSet, "campaign"),
    ("campaign-cars", CampaignCarViewSet, "campaign-car"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("figures/", Figures.as_view(), name="figures"),
    path("appointments/<int:pk>/timeline/", AppointmentTimeline.as_view(), name="appointment-timeline"),
    path("vehicles/<int:pk>/upkeep/", CarUpkeepDetail.as_view(), name="car-upkeep"),
    path("calendar/", CalendarDetail.as_view(), name="calendar"),
    path("slots/", SlotList.as_view(), name="slot-list"),
    path("board/", BoardDetail.as_view(), name="board"),
    path("board/visits/<int:pk>/place/", BoardPlace.as_view(), name="board-place"),
]
