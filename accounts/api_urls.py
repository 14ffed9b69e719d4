from typing import Any

from django.urls import path

from accounts import api, connections_api, consent_api, devices_api, legal_api, notice_api

router_entries: list[tuple[str, Any, str]] = [
    ("legal-texts", legal_api.LegalTextViewSet, "legal-text"),
    ("notifications", notice_api.NoticeViewSet, "notification"),
    ("push-subscriptions", notice_api.PushSubscriptionViewSet, "push-subscription"),
    ("consents", consent_api.ConsentViewSet, "consent"),
    ("connected-services", connections_api.ConnectedServiceViewSet, "connected-service"),
    ("devices", devices_api.DeviceViewSet, "device"),
]
urlpatterns = [
    path("me/", api.Me.as_view(), name="me"),
    path(
        "notification-preferences/", notice_api.NoticePreferences.as_view(), name="notification-preferences"
    ),
]
