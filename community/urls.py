"""Addresses of the community; the numbers in them are stable, so links last."""

from django.urls import path

from community import staff_views, views, writing_views

app_name = "community"
urlpatterns = [
    path("community/", views.Home.as_view(), name="home"),
    path("community/name/", writing_views.HandleChoice.as_view(), name="handle-choice"),
    path("community/preview/", writing_views.TextPreview.as_view(), name="text-preview"),
    path("community/categories/<slug:slug>/", views.CategoryDetail.as_view(), name="category-detail"),
    path("community/topics/new/", writing_views.TopicCreate.as_view(), name="topic-create"),
    path("community/topics/<int:pk>/", views.TopicDetail.as_view(), name="topic-detail"),
    path("community/topics/<int:pk>/reply/", writing_views.PostCreate.as_view(), name="post-create"),
    path("community/topics/<int:pk>/news/", views.TopicNews.as_view(), name="topic-news"),
    path("community/topics/<int:pk>/unread/", views.TopicUnread.as_view(), name="topic-unread"),
    path("community/topics/<int:pk>/read/", views.TopicMarkRead.as_view(), name="topic-mark-read"),
    path("community/topics/<int:pk>/watch/", views.TopicWatch.as_view(), name="topic-watch"),
    path("community/posts/<int:pk>/", views.PostDetail.as_view(), name="post-detail"),
    path("community/posts/<int:pk>/edit/", writing_views.PostEdit.as_view(), name="post-edit"),
    path("community/posts/<int:pk>/versions/", views.PostVersions.as_view(), name="post-versions"),
    path("community/posts/<int:pk>/accept/", writing_views.AnswerAccept.as_view(), name="answer-accept"),
    path("community/posts/<int:pk>/report/", writing_views.ReportCreate.as_view(), name="report-create"),
    path("staff/reports/", staff_views.ReportList.as_view(), name="staff-home"),
    path("staff/reports/<int:pk>/", staff_views.ReportDetail.as_view(), name="report-detail"),
    path("staff/posts/<int:pk>/hide/", staff_views.PostHide.as_view(), name="post-hide"),
    path("staff/posts/<int:pk>/restore/", staff_views.PostRestore.as_view(), name="post-restore"),
    path("staff/posts/<int:pk>/versions/erase/", staff_views.VersionsErase.as_view(), name="versions-erase"),
    path("staff/topics/<int:pk>/lock/", staff_views.TopicLock.as_view(), name="topic-lock"),
]
