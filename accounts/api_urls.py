from typing import Any

from django.urls import path

from accounts import (
    api,
    case_api,
    connections_api,
    consent_api,
    customer_api,
    devices_api,
    legal_api,
    notice_api,
    organisation_api,
    privacy_api,
)

router_entries: list[tuple[str, Any, str]] = [
    ("cases", case_api.CaseViewSet, "case"),
    ("desk-cases", case_api.DeskCaseViewSet, "desk-case"),
    ("legal-texts", legal_api.LegalTextViewSet, "legal-text"),
    ("notifications", notice_api.NoticeViewSet, "notification"),
    ("push-subscriptions", notice_api.PushSubscriptionViewSet, "push-subscription"),
    ("consents", consent_api.ConsentViewSet, "consent"),
    ("connected-services", connections_api.ConnectedServiceViewSet, "connected-service"),
    ("exports", privacy_api.ExportViewSet, "export"),
    ("customers", customer_api.CustomerViewSet, "customer"),
    ("customer-merges", customer_api.CustomerMergeViewSet, "customer-merge"),
    ("devices", devices_api.DeviceViewSet, "device"),
]
router_entries += [
    ("addresses", organisation_api.AddressViewSet, "address"),
    ("organisations", organisation_api.OrganisationViewSet, "organisation"),
    ("members", organisation_api.MemberViewSet, "member"),
    ("member-invitations", organisation_api.MemberInvitationViewSet, "member-invitation"),
]
urlpatterns = [
    path("me/", api.Me.as_view(), name="me"),
    path("me/erasure/", privacy_api.Leaving.as_view(), name="me-erasure"),
    path(
        "notification-preferences/", notice_api.NoticePreferences.as_view(), name="notification-preferences"
    ),
]
