from django.urls import include, path

from accounts import (
    case_staff_views,
    case_views,
    connections_views,
    consent_staff_views,
    consent_views,
    notice_views,
    partners_staff_views,
    staff_views,
    views,
)

app_name = "accounts"
urlpatterns = [
    path("account/", views.Home.as_view(), name="home"),
    path("account/profile/", views.Profile.as_view(), name="profile"),
    path("account/address/", views.HomeAddress.as_view(), name="address"),
    path("account/security/", views.Security.as_view(), name="security"),
    path("account/inbox/", notice_views.Inbox.as_view(), name="notices"),
    path("account/inbox/read/", notice_views.NoticesRead.as_view(), name="notices-read"),
    path("account/inbox/<int:pk>/open/", notice_views.NoticeOpen.as_view(), name="notice-open"),
    path("account/notifications/", notice_views.NoticeWishes.as_view(), name="notice-wishes"),
    path("account/notifications/mail/", notice_views.MailAgain.as_view(), name="mail-again"),
    path("account/notifications/push/", notice_views.PushAdd.as_view(), name="push-add"),
    path(
        "account/notifications/push/<int:pk>/remove/", notice_views.PushRemove.as_view(), name="push-remove"
    ),
    path("account/consents/", consent_views.Consents.as_view(), name="consents"),
    path("account/consents/<slug:purpose>/", consent_views.ConsentDecide.as_view(), name="consent-decide"),
    path(
        "account/consents/receipts/<str:code>/",
        consent_views.ConsentReceipt.as_view(),
        name="consent-receipt",
    ),
    path(
        "account/consents/receipts/<str:code>/mail/",
        consent_views.ConsentReceiptMail.as_view(),
        name="consent-receipt-mail",
    ),
    path("staff/consent-texts/", consent_staff_views.ConsentTexts.as_view(), name="staff-consent-texts"),
    path(
        "staff/consent-texts/<slug:purpose>/",
        consent_staff_views.ConsentTextPublish.as_view(),
        name="staff-consent-text",
    ),
    path("account/history/", views.History.as_view(), name="history"),
    path("staff/journal/", staff_views.Journal.as_view(), name="staff-journal"),
    path("staff/work/", staff_views.ParkedWork.as_view(), name="staff-work"),
    path("staff/work/<str:shelf>/<int:pk>/rerun/", staff_views.Rerun.as_view(), name="staff-rerun"),
    path("staff/people/", staff_views.People.as_view(), name="staff-people"),
    path("staff/people/<int:pk>/", staff_views.Person.as_view(), name="staff-person"),
    path("staff/people/<int:pk>/leave/", staff_views.Leave.as_view(), name="staff-leave"),
    path("staff/roles/<int:pk>/end/", staff_views.EndRole.as_view(), name="staff-role-end"),
    path("account/cases/", case_views.CaseList.as_view(), name="case-list"),
    path("account/cases/new/", case_views.CaseCreate.as_view(), name="case-create"),
    path("account/cases/<int:pk>/", case_views.CaseDetail.as_view(), name="case-detail"),
    path(
        "account/cases/<int:pk>/conversation/",
        case_views.CaseConversation.as_view(),
        name="case-conversation",
    ),
    path("account/cases/<int:pk>/settle/", case_views.CaseSettle.as_view(), name="case-settle"),
    path("contact/", case_views.GuestCaseCreate.as_view(), name="guest-case-create"),
    path("contact/received/<str:token>/", case_views.GuestCaseReceived.as_view(), name="guest-case-received"),
    path("request/<str:token>/", case_views.GuestCase.as_view(), name="guest-case"),
    path("staff/cases/", case_staff_views.StaffCases.as_view(), name="staff-cases"),
    path("staff/cases/<int:pk>/", case_staff_views.StaffCase.as_view(), name="staff-case"),
    path(
        "staff/cases/<int:pk>/conversation/",
        case_staff_views.StaffConversation.as_view(),
        name="staff-case-conversation",
    ),
    path("staff/cases/<int:pk>/take/", case_staff_views.Take.as_view(), name="staff-case-take"),
    path("staff/cases/<int:pk>/let-go/", case_staff_views.LetGo.as_view(), name="staff-case-let-go"),
    path("staff/cases/<int:pk>/hand-over/", case_staff_views.HandOver.as_view(), name="staff-case-hand-over"),
    path(
        "staff/cases/<int:pk>/promise/", case_staff_views.ChangePromise.as_view(), name="staff-case-promise"
    ),
    path("staff/cases/<int:pk>/reopen/", case_staff_views.Reopen.as_view(), name="staff-case-reopen"),
    path("staff/cases/<int:pk>/merge/", case_staff_views.Merge.as_view(), name="staff-case-merge"),
    path("account/connections/", connections_views.Connections.as_view(), name="connections"),
    path(
        "account/connections/<int:pk>/revoke/",
        connections_views.ConnectionRevoke.as_view(),
        name="connection-revoke",
    ),
    path("account/devices/<int:pk>/end/", connections_views.DeviceEnd.as_view(), name="device-end"),
    path("staff/partners/", partners_staff_views.Partners.as_view(), name="staff-partners"),
    path("staff/partners/new/", partners_staff_views.PartnerCreate.as_view(), name="staff-partner-create"),
    path("staff/partners/<int:pk>/", partners_staff_views.PartnerDetail.as_view(), name="staff-partner"),
    path(
        "staff/partners/<int:pk>/change/",
        partners_staff_views.PartnerChange.as_view(),
        name="staff-partner-change",
    ),
    path(
        "staff/partners/<int:pk>/secret/",
        partners_staff_views.PartnerSecret.as_view(),
        name="staff-partner-secret",
    ),
    path(
        "staff/partners/<int:pk>/secret/seen/",
        partners_staff_views.PartnerSecretSeen.as_view(),
        name="staff-partner-secret-seen",
    ),
    path(
        "staff/partners/<int:pk>/close/",
        partners_staff_views.PartnerClose.as_view(),
        name="staff-partner-close",
    ),
    path("", include("accounts.house_urls")),
]
