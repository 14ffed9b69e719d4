from django.urls import path

from accounts import staff_views, views

app_name = "accounts"
urlpatterns = [
    path("account/", views.Home.as_view(), name="home"),
    path("account/profile/", views.Profile.as_view(), name="profile"),
    path("account/address/", views.HomeAddress.as_view(), name="address"),
    path("account/security/", views.Security.as_view(), name="security"),
    path("account/inbox/", views.Inbox.as_view(), name="notices"),
    path("account/inbox/read/", views.NoticesRead.as_view(), name="notices-read"),
    path("account/inbox/<int:pk>/open/", views.NoticeOpen.as_view(), name="notice-open"),
    path("account/history/", views.History.as_view(), name="history"),
    path("staff/journal/", staff_views.Journal.as_view(), name="staff-journal"),
    path("staff/work/", staff_views.ParkedWork.as_view(), name="staff-work"),
    path("staff/work/<str:shelf>/<int:pk>/rerun/", staff_views.Rerun.as_view(), name="staff-rerun"),
    path("staff/people/", staff_views.People.as_view(), name="staff-people"),
    path("staff/people/<int:pk>/", staff_views.Person.as_view(), name="staff-person"),
    path("staff/people/<int:pk>/leave/", staff_views.Leave.as_view(), name="staff-leave"),
    path("staff/roles/<int:pk>/end/", staff_views.EndRole.as_view(), name="staff-role-end"),
]
