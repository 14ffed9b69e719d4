"""The models on sale, for everybody."""

from typing import Any

from django.http import Http404
from django.utils import timezone

from common import civil
from common.pages import Page
from services.models import Centre, ServiceType
from subscriptions import catalogue
from vehicles.models import VehicleModel


class Home(Page):
    public = True
    template_name = "shop/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(models=VehicleModel.objects.on_sale(), **kwargs)


class ModelDetail(Page):
    """One model with its facts, the battery plans, and where to see it."""

    public = True
    template_name = "shop/model_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model = VehicleModel.objects.on_sale().filter(code__iexact=kwargs["code"]).first()
        if model is None:
            raise Http404
        return super().get_context_data(
            model=model,
            plans=catalogue.plans_on_sale(civil.local_date(timezone.now()), kind="battery"),
            test_drive=ServiceType.objects.bookable_by_owners()
            .filter(place=ServiceType.Place.TEST_CAR)
            .first(),
            centres=Centre.objects.filter(is_active=True).order_by("name"),
            **kwargs,
        )
