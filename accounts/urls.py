from django.urls import include, path

from accounts import people_views, staff_views, views
from accounts.cases import deed_views
from accounts.cases import staff_views as case_staff_views
from accounts.cases import views as case_views
from accounts.consents import staff_views as consent_staff_views
from accounts.consents import views as consent_views
from accounts.customers import merge_views
from accounts.customers import staff_views as customer_staff_views
from accounts.customers import views as customer_views
from accounts.organisations import views as organisation_views
from accounts.partners import connections_views, outside_views, partners_staff_views
from accounts.privacy import staff_views as privacy_staff_views
from accounts.privacy import views as privacy_views
from accounts.telling import notice_views

app_name = "accounts"
urlpatterns = [
    path("account/", views.Home.as_view(), name="home"),
    path("account/profile/", views.Profile.as_view(), name="profile"),
    path("account/profile/photo/", people_views.Photo.as_view(), name="photo"),
    path("account/profile/photo/remove/", people_views.PhotoRemove.as_view(), name="photo-remove"),
    path("account/addresses/", people_views.Addresses.as_view(), name="addresses"),
    path("account/addresses/<slug:purpose>/", people_views.OneAddress.as_view(), name="address"),
    path(
        "account/addresses/<slug:purpose>/remove/",
        people_views.AddressRemove.as_view(),
        name="address-remove",
    ),
    path("account/organisations/", organisation_views.OrganisationList.as_view(), name="organisations"),
    path(
        "account/organisations/new/",
        organisation_views.OrganisationCreate.as_view(),
        name="organisation-create",
    ),
    path(
        "account/organisations/<int:pk>/",
        organisation_views.OrganisationDetail.as_view(),
        name="organisation-detail",
    ),
    path(
        "account/organisations/<int:pk>/edit/",
        organisation_views.OrganisationEdit.as_view(),
        name="organisation-edit",
    ),
    path(
        "account/organisations/<int:pk>/close/",
        organisation_views.OrganisationClose.as_view(),
        name="organisation-close",
    ),
    path(
        "account/organisations/<int:pk>/address/",
        organisation_views.OrganisationAddress.as_view(),
        name="organisation-address",
    ),
    path(
        "account/organisations/<int:pk>/invite/",
        organisation_views.MemberInvite.as_view(),
        name="member-invite",
    ),
    path(
        "account/organisations/<int:pk>/members/<int:member>/role/",
        organisation_views.MemberRole.as_view(),
        name="member-role",
    ),
    path(
        "account/organisations/<int:pk>/members/<int:member>/end/",
        organisation_views.MemberEnd.as_view(),
        name="member-end",
    ),
    path(
        "account/invitations/<int:pk>/accept/",
        organisation_views.InvitationAccept.as_view(),
        name="invitation-accept",
    ),
    path(
        "account/invitations/<int:pk>/refuse/",
        organisation_views.InvitationRefuse.as_view(),
        name="invitation-refuse",
    ),
    path(
        "account/invitations/<int:pk>/withdraw/",
        organisation_views.InvitationWithdraw.as_view(),
        name="invitation-withdraw",
    ),
    path(
        "account/invitations/<int:pk>/resend/",
        organisation_views.InvitationResend.as_view(),
        name="invitation-resend",
    ),
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
    path(
        "account/consents/receipts/<str:code>/paper/",
        consent_views.ConsentReceiptPaper.as_view(),
        name="consent-receipt-paper",
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
    path(
        "request/<str:token>/pictures/<int:pk>/",
        case_views.GuestCasePicture.as_view(),
        name="guest-case-picture",
    ),
    path("staff/cases/", case_staff_views.StaffCases.as_view(), name="staff-cases"),
    path("staff/cases/new/", deed_views.StaffCaseCreate.as_view(), name="staff-case-create"),
    path("staff/cases/<int:pk>/", case_staff_views.StaffCase.as_view(), name="staff-case"),
    path(
        "staff/cases/<int:pk>/conversation/",
        case_staff_views.StaffConversation.as_view(),
        name="staff-case-conversation",
    ),
    path("staff/cases/<int:pk>/customer/", deed_views.NameCustomer.as_view(), name="staff-case-customer"),
    path("staff/cases/<int:pk>/take/", deed_views.Take.as_view(), name="staff-case-take"),
    path("staff/cases/<int:pk>/let-go/", deed_views.LetGo.as_view(), name="staff-case-let-go"),
    path("staff/cases/<int:pk>/hand-over/", deed_views.HandOver.as_view(), name="staff-case-hand-over"),
    path("staff/cases/<int:pk>/promise/", deed_views.ChangePromise.as_view(), name="staff-case-promise"),
    path("staff/cases/<int:pk>/reopen/", deed_views.Reopen.as_view(), name="staff-case-reopen"),
    path("staff/cases/<int:pk>/merge/", deed_views.Merge.as_view(), name="staff-case-merge"),
    path("account/security/again/", outside_views.SignInAgain.as_view(), name="sign-in-again"),
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
    path("", include("accounts.house.urls")),
    path("staff/customers/", customer_staff_views.Customers.as_view(), name="customer-list"),
    path("staff/customers/new/", customer_staff_views.CustomerCreate.as_view(), name="customer-create"),
    path(
        "staff/customers/duplicates/",
        customer_staff_views.CustomerDuplicates.as_view(),
        name="customer-duplicates",
    ),
    path("staff/customers/<int:pk>/", customer_staff_views.Customer.as_view(), name="customer-detail"),
    path(
        "staff/customers/<int:pk>/parts/<slug:section>/",
        customer_staff_views.CustomerPart.as_view(),
        name="customer-part",
    ),
    path("staff/customers/<int:pk>/edit/", customer_staff_views.CustomerEdit.as_view(), name="customer-edit"),
    path(
        "staff/customers/<int:pk>/invite/",
        customer_staff_views.CustomerInvite.as_view(),
        name="customer-invite",
    ),
    path(
        "staff/customers/<int:pk>/merge/",
        merge_views.CustomerMergeChoice.as_view(),
        name="customer-merge-choice",
    ),
    path(
        "staff/customers/<int:pk>/merge/<int:other>/",
        merge_views.CustomerMergeCreate.as_view(),
        name="customer-merge",
    ),
    path(
        "staff/customers/merges/<int:pk>/undo/",
        merge_views.CustomerMergeUndo.as_view(),
        name="customer-merge-undo",
    ),
    path("welcome/<slug:token>/", customer_views.TakeOver.as_view(), name="customer-take-over"),
    path("account/privacy/", privacy_views.Privacy.as_view(), name="privacy"),
    path("account/privacy/export/", privacy_views.ExportRequest.as_view(), name="export-request"),
    path("account/privacy/export/<int:pk>/state/", privacy_views.ExportState.as_view(), name="export-state"),
    path(
        "account/privacy/export/<int:pk>/download/",
        privacy_views.ExportDownload.as_view(),
        name="export-download",
    ),
    path("account/privacy/delete/", privacy_views.AccountDelete.as_view(), name="account-delete"),
    path("account/privacy/keep/", privacy_views.AccountKeep.as_view(), name="account-keep"),
    path("staff/retention/", privacy_staff_views.Retention.as_view(), name="staff-retention"),
    path(
        "staff/retention/<str:name>/",
        privacy_staff_views.RetentionChange.as_view(),
        name="staff-retention-change",
    ),
    path("staff/locked/", privacy_staff_views.LockedRecords.as_view(), name="staff-locked"),
    path("staff/locked/<int:pk>/", privacy_staff_views.LockedRecord.as_view(), name="staff-locked-record"),
]
