from typing import Any

from django.urls import path

from subscriptions.api import PlanViewSet
from subscriptions.billing.setup_api import NumberSeriesViewSet, VatRateViewSet
from subscriptions.contracts.api import SubscriptionViewSet
from subscriptions.contracts.takeover_api import TakeoverViewSet
from subscriptions.invoices.api import InvoiceViewSet
from subscriptions.packs.api import PackViewSet, SettlementViewSet
from subscriptions.payments.api import MandateViewSet, PaymentViewSet
from subscriptions.usage.api import Entitlements, UsageViewSet

router_entries: list[tuple[str, Any, str]] = [
    ("plans", PlanViewSet, "plan"),
    ("subscriptions", SubscriptionViewSet, "subscription"),
    ("invoices", InvoiceViewSet, "invoice"),
    ("mandates", MandateViewSet, "mandate"),
    ("payments", PaymentViewSet, "payment"),
    ("usage", UsageViewSet, "usage"),
    ("packs", PackViewSet, "pack"),
    ("pack-settlements", SettlementViewSet, "pack-settlement"),
    ("takeovers", TakeoverViewSet, "takeover"),
    ("vat-rates", VatRateViewSet, "vat-rate"),
    ("number-series", NumberSeriesViewSet, "number-series"),
]
urlpatterns = [path("entitlements/", Entitlements.as_view(), name="entitlements")]
