from typing import Any

from community import api

router_entries: list[tuple[str, Any, str]] = [
    ("categories", api.CategoryViewSet, "category"),
    ("topics", api.TopicViewSet, "topic"),
    ("posts", api.PostViewSet, "post"),
    ("reports", api.ReportViewSet, "report"),
]
