"""Below /staff/my-work/."""

from django.urls import URLPattern, URLResolver, path

from services.work import finding_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.MyWork.as_view(), name="my-work"),
    path("me/", views.MyRow.as_view(), name="my-row"),
    path("me/<int:pk>/name/", views.NameShown.as_view(), name="name-shown"),
    path("jobs/<int:pk>/", views.JobDetail.as_view(), name="job-detail"),
    path("jobs/<int:pk>/start/", views.JobStart.as_view(), name="job-start"),
    path("jobs/<int:pk>/pause/", views.JobPause.as_view(), name="job-pause"),
    path("jobs/<int:pk>/finish/", views.JobFinish.as_view(), name="job-finish"),
    path("jobs/<int:pk>/quality-check/", views.JobToCheck.as_view(), name="job-to-check"),
    path("jobs/<int:pk>/points/<int:item>/", views.PointRecord.as_view(), name="point-record"),
    path("jobs/<int:pk>/findings/new/", finding_views.FindingCreate.as_view(), name="finding-create"),
    path("findings/<int:pk>/", finding_views.FindingChange.as_view(), name="finding-change"),
    path("findings/<int:pk>/withdraw/", finding_views.FindingWithdraw.as_view(), name="finding-withdraw"),
    path("jobs/<int:pk>/approved/<int:line>/", views.LineTick.as_view(), name="line-tick"),
]
