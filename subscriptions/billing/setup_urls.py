from django.urls import path

from subscriptions.billing import setup_views

urlpatterns = [
    path("staff/setup/vat/", setup_views.VatRates.as_view(), name="setup-vat"),
    path("staff/setup/vat/<int:pk>/withdraw/", setup_views.VatRateWithdraw.as_view(), name="vat-withdraw"),
    path("staff/setup/numbers/", setup_views.NumberSeriesList.as_view(), name="setup-numbers"),
    path("staff/setup/numbers/<slug:code>/", setup_views.NumberSeriesChange.as_view(), name="setup-series"),
]
