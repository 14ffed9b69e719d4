from django.urls import URLPattern, URLResolver, include, path

from services.booking import request_views, waitlist_views
from services.booking import step_views as booking_views
from services.desk import board_views, figures_views, staff_views, visit_views
from services.estimates import staff_views as estimate_staff_views
from services.estimates import views as estimate_views
from services.visits import views

app_name = "services"
urlpatterns: list[URLPattern | URLResolver] = [
    path("service/", views.Home.as_view(), name="home"),
    path("service/book/", request_views.Book.as_view(), name="book"),
    path("service/book/so-far/", request_views.BookSoFar.as_view(), name="book-so-far"),
    path("service/book/hold/", booking_views.BookHold.as_view(), name="book-hold"),
    path("service/book/time/", booking_views.BookTime.as_view(), name="book-time"),
    path("service/book/confirm/", booking_views.BookConfirm.as_view(), name="book-confirm"),
    path("service/withdrawal-notice/", booking_views.WithdrawalNotice.as_view(), name="withdrawal-notice"),
    path("service/appointments/", views.AppointmentList.as_view(), name="appointment-list"),
    path("service/appointments/<int:pk>/", views.AppointmentDetail.as_view(), name="appointment-detail"),
    path("service/appointments/<int:pk>/move/", views.AppointmentMove.as_view(), name="appointment-move"),
    path(
        "service/appointments/<int:pk>/cancel/", views.AppointmentCancel.as_view(), name="appointment-cancel"
    ),
    path("service/appointments/<int:pk>/read/", views.AppointmentRead.as_view(), name="appointment-read"),
    path(
        "service/appointments/<int:pk>/thanks/", views.AppointmentThanks.as_view(), name="appointment-thanks"
    ),
    path(
        "service/appointments/<int:pk>/people/<int:resource>/photo/",
        views.TechnicianPhoto.as_view(),
        name="technician-photo",
    ),
    path("service/appointments/<int:pk>/wait/", waitlist_views.WaitlistJoin.as_view(), name="waitlist-join"),
    path(
        "service/appointments/<int:pk>/wait/end/",
        waitlist_views.WaitlistLeave.as_view(),
        name="waitlist-leave",
    ),
    path("service/offers/<int:pk>/accept/", waitlist_views.OfferAccept.as_view(), name="offer-accept"),
    path("service/offers/<int:pk>/decline/", waitlist_views.OfferDecline.as_view(), name="offer-decline"),
    path("staff/day/", board_views.StaffHome.as_view(), name="staff-home"),
    path("staff/day/list/", board_views.StaffDayList.as_view(), name="staff-day-list"),
    path("staff/day/visits/<int:pk>/plan/", board_views.VisitPlan.as_view(), name="staff-visit-plan"),
    path("staff/day/visits/<int:pk>/assign/", board_views.VisitAssign.as_view(), name="staff-visit-assign"),
    path(
        "staff/day/visits/<int:pk>/status/",
        staff_views.AppointmentStatus.as_view(),
        name="appointment-status",
    ),
    path("service/estimates/<int:pk>/", estimate_views.EstimateDetail.as_view(), name="estimate-detail"),
    path(
        "service/estimates/<int:pk>/refuse/", estimate_views.EstimateRefuse.as_view(), name="estimate-refuse"
    ),
    path(
        "staff/visits/<int:pk>/estimate/",
        estimate_staff_views.EstimateBegin.as_view(),
        name="staff-estimate-begin",
    ),
    path("staff/estimates/<int:pk>/", estimate_staff_views.StaffEstimate.as_view(), name="staff-estimate"),
    path(
        "staff/estimates/<int:pk>/lines/new/",
        estimate_staff_views.EstimateLineCreate.as_view(),
        name="staff-estimate-line-create",
    ),
    path(
        "staff/estimates/<int:pk>/discard/",
        estimate_staff_views.EstimateDiscard.as_view(),
        name="staff-estimate-discard",
    ),
    path(
        "staff/estimates/<int:pk>/revise/",
        estimate_staff_views.EstimateRevise.as_view(),
        name="staff-estimate-revise",
    ),
    path(
        "staff/estimates/<int:pk>/phone/",
        estimate_staff_views.EstimateByPhone.as_view(),
        name="staff-estimate-phone",
    ),
    path(
        "staff/estimate-lines/<int:pk>/",
        estimate_staff_views.EstimateLineEdit.as_view(),
        name="staff-estimate-line",
    ),
    path(
        "staff/estimate-lines/<int:pk>/drop/",
        estimate_staff_views.EstimateLineDrop.as_view(),
        name="staff-estimate-line-drop",
    ),
    path("staff/visits/<int:pk>/", visit_views.StaffVisit.as_view(), name="staff-visit"),
    path("staff/visits/<int:pk>/read/", visit_views.StaffVisitRead.as_view(), name="staff-visit-read"),
    path("staff/visits/<int:pk>/status/", visit_views.StaffVisitStatus.as_view(), name="staff-visit-status"),
    path("staff/visits/<int:pk>/step/", visit_views.StaffVisitStep.as_view(), name="staff-visit-step"),
    path(
        "staff/visits/<int:pk>/promise/", visit_views.StaffVisitPromise.as_view(), name="staff-visit-promise"
    ),
    path("staff/", include("services.desk.counter_urls")),
    path("", include("services.upkeep.urls")),
    path("staff/my-work/", include("services.work.urls")),
    path("staff/figures/", figures_views.StaffFigures.as_view(), name="staff-figures"),
    path("staff/", include("services.centres.urls")),
]
