"""Rates of VAT and series of numbers, as steps of the set-up."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.house import setup
from accounts.models import User
from common.civil import local_date
from common.pages import ActionPage, FormPage, Page
from subscriptions.billing import numbers, vat
from subscriptions.billing.setup_forms import RateForm, SeriesForm
from subscriptions.models import NumberSeries, VatRate


class FromSetup:
    """A step that bookkeepers reach from their desk, administrators from the set-up."""

    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        opens = self.request.user.has_permission(setup.SET_UP)
        context: dict[str, Any] = super().get_context_data(setup_open=opens, **kwargs)  # type: ignore[misc]
        return context


class VatRates(FromSetup, FormPage):
    permission = vat.KEEP_BOOKS
    template_name = "subscriptions/billing/setup_vat.html"
    form_class = RateForm
    once = True
    success_message = _("The rate is saved.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = local_date(timezone.now())
        rates = list(VatRate.objects.order_by("code", "-valid_from"))
        current: dict[str, int] = {}
        for rate in rates:
            if rate.valid_from <= today:
                current.setdefault(rate.code, rate.pk)
        return super().get_context_data(rates=rates, current=set(current.values()), today=today, **kwargs)

    def perform(self, form: Any) -> str:
        typed = form.cleaned_data
        vat.add_rate(
            by=cast(User, self.request.user),
            code=typed["code"],
            valid_from=typed["valid_from"],
            rate=typed["percent"] / 100,
            now=timezone.now(),
        )
        return reverse("subscriptions:setup-vat")


class VatRateWithdraw(ActionPage):
    permission = vat.KEEP_BOOKS
    success_message = _("The rate is withdrawn.")

    def perform(self) -> str:
        rate = get_object_or_404(VatRate, pk=self.kwargs["pk"])
        vat.withdraw_rate(by=cast(User, self.request.user), rate=rate, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("subscriptions:setup-vat")


class NumberSeriesList(FromSetup, Page):
    permission = vat.KEEP_BOOKS
    template_name = "subscriptions/billing/setup_numbers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            {
                "series": row,
                "title": numbers.title(row),
                "next": numbers.preview(row),
                "begun": numbers.has_begun(row),
            }
            for row in NumberSeries.objects.order_by("-code")
        ]
        return super().get_context_data(rows=rows, **kwargs)


class NumberSeriesChange(FormPage):
    permission = vat.KEEP_BOOKS
    template_name = "subscriptions/billing/setup_series.html"
    form_class = SeriesForm
    once = True
    success_message = _("The number series is saved.")

    @cached_property
    def series(self) -> NumberSeries:
        return get_object_or_404(NumberSeries, code=self.kwargs["code"])

    def get_initial(self) -> dict[str, Any]:
        return {"prefix": self.series.prefix, "next_number": self.series.last_number + 1}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=numbers.title(self.series), **kwargs)

    def perform(self, form: Any) -> str:
        numbers.change_series(
            by=cast(User, self.request.user), series=self.series, now=timezone.now(), **form.cleaned_data
        )
        return reverse("subscriptions:setup-numbers")
