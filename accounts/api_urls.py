from typing import Any

from django.urls import path

from accounts import api, connections_api, devices_api

router_entries: list[tuple[str, Any, str]] = [
    ("notifications", api.NoticeViewSet, "notification"),
    ("connected-services", connections_api.ConnectedServiceViewSet, "connected-service"),
    ("devices", devices_api.DeviceViewSet, "device"),
]
urlpatterns = [path("me/", api.Me.as_view(), name="me")]
