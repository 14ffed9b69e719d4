from django.urls import path

from subscriptions.usage import staff_views, views

urlpatterns = [
    path("subscriptions/usage/", views.Usage.as_view(), name="usage"),
    path("staff/usage/", staff_views.StaffUsage.as_view(), name="staff-usage"),
    path("staff/usage/<int:pk>/", staff_views.StaffUsageAssign.as_view(), name="staff-usage-assign"),
    path("staff/usage/sources/", staff_views.StaffSources.as_view(), name="staff-sources"),
    path("staff/usage/sources/new/", staff_views.StaffSourceCreate.as_view(), name="staff-source-create"),
    path("staff/usage/sources/<int:pk>/key/", staff_views.StaffSourceKey.as_view(), name="staff-source-key"),
    path(
        "staff/usage/sources/<int:pk>/close/",
        staff_views.StaffSourceClose.as_view(),
        name="staff-source-close",
    ),
]
