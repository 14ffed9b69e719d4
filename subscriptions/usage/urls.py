from django.urls import path

from subscriptions.usage import staff_views, views

urlpatterns = [
    path("subscriptions/usage/", views.Usage.as_view(), name="usage"),
    path("staff/billing/usage/", staff_views.StaffUsage.as_view(), name="staff-usage"),
    path("staff/billing/usage/<int:pk>/", staff_views.StaffUsageAssign.as_view(), name="staff-usage-assign"),
    path("staff/billing/usage/sources/", staff_views.StaffSources.as_view(), name="staff-sources"),
    path(
        "staff/billing/usage/sources/new/",
        staff_views.StaffSourceCreate.as_view(),
        name="staff-source-create",
    ),
    path(
        "staff/billing/usage/sources/<int:pk>/key/",
        staff_views.StaffSourceKey.as_view(),
        name="staff-source-key",
    ),
    path(
        "staff/billing/usage/sources/<int:pk>/close/",
        staff_views.StaffSourceClose.as_view(),
        name="staff-source-close",
    ),
]
