"""Setting up the house, its legal texts, its team's invitations, and imports."""

from django.urls import path

from accounts.house import import_views, invitation_views, legal_staff_views, legal_views, setup_views

urlpatterns = [
    path("setup/<str:token>/", setup_views.FirstAdministrator.as_view(), name="first-administrator"),
    path("legal/<str:kind>/", legal_views.LegalPage.as_view(), name="legal-text"),
    path("legal/<str:kind>/<int:version>/", legal_views.LegalPage.as_view(), name="legal-version"),
    path("staff/setup/", setup_views.Setup.as_view(), name="staff-setup"),
    path("staff/setup/brand/", setup_views.BrandPage.as_view(), name="setup-brand"),
    path("staff/setup/brand/logo/drop/", setup_views.LogoDrop.as_view(), name="setup-logo-drop"),
    path("staff/setup/imprint/", setup_views.ImprintPage.as_view(), name="setup-imprint"),
    path("staff/setup/desk/", setup_views.DeskHoursPage.as_view(), name="setup-desk"),
    path("staff/setup/mail/", setup_views.MailTest.as_view(), name="setup-mail"),
    path("staff/legal/", legal_staff_views.LegalTexts.as_view(), name="staff-legal"),
    path("staff/legal/<str:kind>/", legal_staff_views.LegalDraft.as_view(), name="staff-legal-draft"),
    path(
        "staff/legal/drafts/<int:pk>/discard/",
        legal_staff_views.LegalDiscard.as_view(),
        name="staff-legal-discard",
    ),
    path("staff/people/invitations/", invitation_views.Invitations.as_view(), name="staff-invitations"),
    path(
        "staff/people/invitations/<int:pk>/resend/",
        invitation_views.Resend.as_view(),
        name="staff-invitation-resend",
    ),
    path(
        "staff/people/invitations/<int:pk>/withdraw/",
        invitation_views.Withdraw.as_view(),
        name="staff-invitation-withdraw",
    ),
    path("team/<str:token>/", invitation_views.InvitationPage.as_view(), name="staff-invitation"),
    path("team/<str:token>/accept/", invitation_views.Accept.as_view(), name="staff-invitation-accept"),
    path("staff/imports/", import_views.ImportList.as_view(), name="import-list"),
    path("staff/imports/new/<str:kind>/", import_views.ImportNew.as_view(), name="import-new"),
    path(
        "staff/imports/new/<str:kind>/template/",
        import_views.ImportTemplate.as_view(),
        name="import-template",
    ),
    path("staff/imports/<int:pk>/", import_views.ImportDetail.as_view(), name="import-detail"),
    path("staff/imports/<int:pk>/errors/", import_views.ImportErrors.as_view(), name="import-errors"),
    path("staff/imports/<int:pk>/start/", import_views.ImportStart.as_view(), name="import-start"),
    path("staff/imports/<int:pk>/discard/", import_views.ImportDiscard.as_view(), name="import-discard"),
]
