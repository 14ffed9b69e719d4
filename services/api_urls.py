from typing import Any

from django.urls import URLPattern, URLResolver, path

from services.api import AppointmentViewSet, CentreViewSet, ServiceTypeViewSet, SlotList

router_entries: list[tuple[str, Any, str]] = [
    ("centres", CentreViewSet, "centre"),
    ("service-types", ServiceTypeViewSet, "service-type"),
    ("appointments", AppointmentViewSet, "appointment"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("slots/", SlotList.as_view(), name="slot-list")]
