from django.urls import URLPattern, URLResolver, path

from services import booking_views, staff_views, views

app_name = "services"
urlpatterns: list[URLPattern | URLResolver] = [
    path("service/", views.Home.as_view(), name="home"),
    path("service/book/", booking_views.Book.as_view(), name="book"),
    path("service/book/time/", booking_views.BookTime.as_view(), name="book-time"),
    path("service/book/confirm/", booking_views.BookConfirm.as_view(), name="book-confirm"),
    path("service/appointments/", views.AppointmentList.as_view(), name="appointment-list"),
    path("service/appointments/<int:pk>/", views.AppointmentDetail.as_view(), name="appointment-detail"),
    path("service/appointments/<int:pk>/move/", views.AppointmentMove.as_view(), name="appointment-move"),
    path(
        "service/appointments/<int:pk>/cancel/", views.AppointmentCancel.as_view(), name="appointment-cancel"
    ),
    path("staff/day/", staff_views.StaffHome.as_view(), name="staff-home"),
    path(
        "staff/day/visits/<int:pk>/status/",
        staff_views.AppointmentStatus.as_view(),
        name="appointment-status",
    ),
]
