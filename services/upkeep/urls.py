from django.urls import URLPattern, URLResolver, path

from services.upkeep import staff_views, views
from services.visits import calendar_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("service/recalls/", views.RecallList.as_view(), name="recall-list"),
    path("service/cars/<int:pk>/", views.CarUpkeep.as_view(), name="car-upkeep"),
    path("service/cars/<int:pk>/dates/", views.CarDates.as_view(), name="car-dates"),
    path("service/cars/<int:pk>/record.pdf", views.ServiceRecord.as_view(), name="service-record"),
    path("service/calendar/", calendar_views.Calendar.as_view(), name="calendar"),
    path("service/calendar/open/", calendar_views.CalendarOpen.as_view(), name="calendar-open"),
    path("service/calendar/renew/", calendar_views.CalendarRenew.as_view(), name="calendar-renew"),
    path("service/calendar/close/", calendar_views.CalendarClose.as_view(), name="calendar-close"),
    path("service/calendar/<str:token>.ics", calendar_views.CalendarFile.as_view(), name="calendar-feed"),
    path(
        "service/appointments/<int:pk>/calendar.ics",
        calendar_views.AppointmentCalendar.as_view(),
        name="appointment-calendar",
    ),
    path("staff/campaigns/", staff_views.CampaignList.as_view(), name="staff-campaigns"),
    path("staff/campaigns/new/", staff_views.CampaignCreate.as_view(), name="staff-campaign-create"),
    path("staff/campaigns/<int:pk>/", staff_views.CampaignDetail.as_view(), name="staff-campaign"),
    path(
        "staff/campaigns/<int:pk>/change/", staff_views.CampaignChange.as_view(), name="staff-campaign-change"
    ),
    path(
        "staff/campaigns/<int:pk>/publish/",
        staff_views.CampaignPublish.as_view(),
        name="staff-campaign-publish",
    ),
    path("staff/campaigns/<int:pk>/close/", staff_views.CampaignClose.as_view(), name="staff-campaign-close"),
    path(
        "staff/campaigns/<int:pk>/export/", staff_views.CampaignExport.as_view(), name="staff-campaign-export"
    ),
    path("staff/cars/<int:pk>/", staff_views.StaffCar.as_view(), name="staff-car"),
    path("staff/cars/<int:pk>/dates/", staff_views.StaffCarDates.as_view(), name="staff-car-dates"),
    path(
        "staff/cars/<int:pk>/record.pdf",
        staff_views.StaffServiceRecord.as_view(),
        name="staff-service-record",
    ),
]
