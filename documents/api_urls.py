from typing import Any

from django.urls import path

from documents import api

router_entries: list[tuple[str, Any, str]] = []
urlpatterns = [
    path("documents/", api.Documents.as_view(), name="documents"),
    path("documents/<int:id>/", api.DocumentDetail.as_view(), name="document-detail"),
    path("documents/<int:id>/content/", api.DocumentContent.as_view(), name="document-content"),
]
