from typing import Any

from django.urls import path

from accounts import api

router_entries: list[tuple[str, Any, str]] = [("notifications", api.NoticeViewSet, "notification")]
urlpatterns = [path("me/", api.Me.as_view(), name="me")]
