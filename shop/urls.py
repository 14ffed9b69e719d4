from django.urls import path

from shop import views

app_name = "shop"
urlpatterns = [
    path("shop/", views.Home.as_view(), name="home"),
    path("shop/<slug:code>/", views.ModelDetail.as_view(), name="model-detail"),
]
