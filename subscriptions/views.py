"""The way in: one's contracts for people, the plans for everybody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from common import civil
from common.pages import Page
from subscriptions import catalogue
from subscriptions.catalogue import PlanOnSale
from subscriptions.contracts import holders
from subscriptions.contracts.views import with_words


class Home(Page):
    """Own contracts for people, the plans for everybody."""

    public = True
    template_name = "subscriptions/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        user = self.request.user
        running = holders.running_contracts(user, now) if user.is_authenticated else []
        today = civil.local_date(now)
        return super().get_context_data(
            contracts=[with_words(each, today) for each in running],
            plans=catalogue.plans_on_sale(today),
            **kwargs,
        )


class OfPlan:
    """Pages about a plan on sale."""

    request: HttpRequest
    offered: PlanOnSale

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = catalogue.plan_on_sale(civil.local_date(timezone.now()), kwargs["code"])
        if found is None:
            raise Http404
        self.offered = found
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(offered=self.offered, **kwargs)  # type: ignore[misc]


class PlanDetail(OfPlan, Page):
    public = True
    template_name = "subscriptions/plan_detail.html"
