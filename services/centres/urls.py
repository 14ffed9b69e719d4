from django.urls import URLPattern, URLResolver, path

from services.centres import catalogue_views, day_views, replan_views, resource_views, staff_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("centres/", staff_views.CentreList.as_view(), name="staff-centres"),
    path("centres/new/", staff_views.CentreCreate.as_view(), name="staff-centre-create"),
    path("centres/<int:pk>/", staff_views.CentreDetail.as_view(), name="staff-centre"),
    path("centres/<int:pk>/change/", staff_views.CentreChange.as_view(), name="staff-centre-change"),
    path(
        "centres/<int:pk>/new/<slug:kind>/", resource_views.ResourceCreate.as_view(), name="resource-create"
    ),
    path("resources/<int:pk>/", resource_views.ResourceChange.as_view(), name="resource-change"),
    path("resources/<int:pk>/switch/", resource_views.ResourceSwitch.as_view(), name="resource-switch"),
    path("resources/<int:pk>/shifts/", resource_views.ResourceShifts.as_view(), name="resource-shifts"),
    path("services/", catalogue_views.ServiceList.as_view(), name="staff-services"),
    path("services/new/", catalogue_views.ServiceEdit.as_view(), name="staff-service-create"),
    path("services/usual/", catalogue_views.AdoptUsual.as_view(), name="staff-services-usual"),
    path("services/<int:pk>/", catalogue_views.ServiceEdit.as_view(), name="staff-service"),
    path("services/<int:pk>/questions/", catalogue_views.QuestionList.as_view(), name="service-questions"),
    path("services/<int:pk>/checks/", catalogue_views.CheckItemList.as_view(), name="service-checks"),
    path(
        "services/questions/<int:question>/remove/",
        catalogue_views.QuestionRemove.as_view(),
        name="question-remove",
    ),
    path("services/questions/<int:question>/up/", catalogue_views.QuestionUp.as_view(), name="question-up"),
    path(
        "services/checks/<int:item>/switch/", catalogue_views.CheckItemSwitch.as_view(), name="check-switch"
    ),
    path("services/checks/<int:item>/up/", catalogue_views.CheckItemUp.as_view(), name="check-up"),
    path("team/", day_views.TeamList.as_view(), name="team-list"),
    path("absences/", day_views.AbsenceList.as_view(), name="absence-list"),
    path("absences/new/", day_views.AbsenceCreate.as_view(), name="absence-create"),
    path("absences/<int:pk>/cancel/", day_views.AbsenceCancel.as_view(), name="absence-cancel"),
    path("closures/", day_views.ClosureList.as_view(), name="closure-list"),
    path("closures/<int:pk>/reopen/", day_views.ClosureReopen.as_view(), name="closure-reopen"),
    path("extra-openings/", day_views.ExtraOpeningList.as_view(), name="extra-opening-list"),
    path(
        "extra-openings/<int:pk>/cancel/",
        day_views.ExtraOpeningCancel.as_view(),
        name="extra-opening-cancel",
    ),
    path("replans/", replan_views.ReplanList.as_view(), name="replan-list"),
    path("replans/all/", replan_views.ReplanAll.as_view(), name="replan-all"),
    path("replans/<int:pk>/", replan_views.ReplanVisit.as_view(), name="replan-visit"),
    path("replans/<int:pk>/take/", replan_views.ReplanTake.as_view(), name="replan-take"),
    path("replans/<int:pk>/reassign/", replan_views.ReplanReassign.as_view(), name="replan-reassign"),
]
