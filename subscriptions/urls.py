from django.urls import include, path

from subscriptions import staff_views, views

app_name = "subscriptions"
urlpatterns = [
    path("subscriptions/", views.Home.as_view(), name="home"),
    path("subscriptions/plans/<slug:code>/", views.PlanDetail.as_view(), name="plan-detail"),
    path("staff/billing/", staff_views.StaffBilling.as_view(), name="staff-billing"),
    path("", include("subscriptions.billing.setup_urls")),
    path("", include("subscriptions.books.urls")),
    path("", include("subscriptions.contracts.urls")),
    path("", include("subscriptions.contracts.takeover_urls")),
    path("", include("subscriptions.invoices.urls")),
    path("", include("subscriptions.packs.urls")),
    path("", include("subscriptions.payments.urls")),
    path("", include("subscriptions.usage.urls")),
]
