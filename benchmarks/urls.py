"""The product's pages, and the yardsticks that it does not ship."""

from django.urls import include, path

from benchmarks import views
from portal import urls as product

urlpatterns = [
    path("bench/frame/", views.frame),
    path("bench/me/", views.me),
    path("bench/empty/", views.empty),
    path("bench/select-1/", views.select_1),
    path("", include(product)),
]

handler400, handler403 = product.handler400, product.handler403
handler404, handler500 = product.handler404, product.handler500
