from django.urls import URLPattern, URLResolver, include, path

from services.booking import views as booking_views
from services.centres import staff_views as centre_staff_views
from services.desk import board_views, staff_views, visit_views
from services.visits import views

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
    path("staff/day/", board_views.StaffHome.as_view(), name="staff-home"),
    path("staff/day/visits/<int:pk>/plan/", board_views.VisitPlan.as_view(), name="staff-visit-plan"),
    path("staff/day/visits/<int:pk>/assign/", board_views.VisitAssign.as_view(), name="staff-visit-assign"),
    path(
        "staff/day/visits/<int:pk>/status/",
        staff_views.AppointmentStatus.as_view(),
        name="appointment-status",
    ),
    path("staff/visits/<int:pk>/", visit_views.StaffVisit.as_view(), name="staff-visit"),
    path("staff/visits/<int:pk>/read/", visit_views.StaffVisitRead.as_view(), name="staff-visit-read"),
    path("staff/visits/<int:pk>/status/", visit_views.StaffVisitStatus.as_view(), name="staff-visit-status"),
    path("staff/visits/<int:pk>/step/", visit_views.StaffVisitStep.as_view(), name="staff-visit-step"),
    path(
        "staff/visits/<int:pk>/promise/", visit_views.StaffVisitPromise.as_view(), name="staff-visit-promise"
    ),
    path("staff/work/", include("services.work.urls")),
    path("staff/centres/", centre_staff_views.CentreList.as_view(), name="staff-centres"),
    path("staff/centres/new/", centre_staff_views.CentreCreate.as_view(), name="staff-centre-create"),
    path("staff/centres/<int:pk>/", centre_staff_views.CentreResources.as_view(), name="staff-centre"),
    path(
        "staff/centres/<int:pk>/change/",
        centre_staff_views.CentreChange.as_view(),
        name="staff-centre-change",
    ),
    path("staff/centres/<int:pk>/bays/new/", centre_staff_views.BayCreate.as_view(), name="staff-bay-create"),
    path(
        "staff/resources/<int:pk>/switch/",
        centre_staff_views.ResourceSwitch.as_view(),
        name="resource-switch",
    ),
    path(
        "staff/resources/<int:pk>/hours/", centre_staff_views.ResourceHours.as_view(), name="resource-hours"
    ),
    path("staff/services/", centre_staff_views.ServiceList.as_view(), name="staff-services"),
    path("staff/services/new/", centre_staff_views.ServiceEdit.as_view(), name="staff-service-create"),
    path("staff/services/usual/", centre_staff_views.AdoptUsual.as_view(), name="staff-services-usual"),
    path("staff/services/<int:pk>/", centre_staff_views.ServiceEdit.as_view(), name="staff-service"),
]
