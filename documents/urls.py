from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("documents/<int:pk>/", views.DocumentDetail.as_view(), name="document-detail"),
    path("documents/<int:pk>/state/", views.DocumentState.as_view(), name="document-state"),
    path("documents/<int:pk>/sign/", views.DocumentSign.as_view(), name="document-sign"),
    path("documents/<int:pk>/signatures/", views.DocumentSignatures.as_view(), name="document-signatures"),
]
