from typing import Any

from django.urls import path

from accounts import api, devices_api
from accounts.cases import api as case_api
from accounts.consents import api as consent_api
from accounts.customers import api as customer_api
from accounts.house import legal_api
from accounts.organisations import api as organisation_api
from accounts.partners import connections_api
from accounts.privacy import api as privacy_api
from accounts.telling import notice_api

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
    ("account-history", api.HistoryViewSet, "account-history"),
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
    path("me/photo/", api.MePhoto.as_view(), name="me-photo"),
    path("me/erasure/", privacy_api.Leaving.as_view(), name="me-erasure"),
    path(
        "notification-preferences/", notice_api.NoticePreferences.as_view(), name="notification-preferences"
    ),
]
