"""The accountant's pages: balances of a month, the entries behind each, who owes what, the batch."""

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import User
from common import civil
from common.errors import DomainError
from common.pages import Access, ActionPage, FormPage, ListPage, Page
from subscriptions.books import closing, datev, mapping, reading
from subscriptions.models import BillingAccount, LedgerAccount, LedgerEntry

KEEP = closing.PERMISSION


def typed_month(request: HttpRequest, today: date) -> date:
    """``?month=2026-11``; this month, where nothing sound was asked for."""
    try:
        return date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        return today.replace(day=1)


class OfMonth:
    request: Any

    @cached_property
    def today(self) -> date:
        return civil.local_date(timezone.now())

    @cached_property
    def month(self) -> date:
        return typed_month(self.request, self.today)

    @property
    def span(self) -> tuple[date, date]:
        return reading.month_span(self.month)

    def of_month(self) -> dict[str, Any]:
        first, end = self.span
        return {
            "month": first,
            "month_key": f"{first:%Y-%m}",
            "before": (first - timedelta(days=1)).replace(day=1),
            "after": end if end <= self.today else None,
        }


class Books(OfMonth, Page):
    permission = KEEP
    template_name = "subscriptions/books/books.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first, end = self.span
        last = closing.last_closed()
        return super().get_context_data(
            **self.of_month(),
            balances=reading.balances(first=first, end=end),
            vat=reading.vat_totals(first=first, end=end),
            closed=last is not None and first <= last,
            over=end <= self.today,
            unmapped=datev.unmapped(),
            **kwargs,
        )


class BooksAccount(OfMonth, ListPage):
    """The entries behind a balance; each leads to its invoice."""

    permission = KEEP
    template_name = "subscriptions/books/account.html"
    context_object_name = "entries"

    @cached_property
    def account(self) -> LedgerAccount:
        return get_object_or_404(LedgerAccount, code=self.kwargs["code"])

    def get_queryset(self) -> QuerySet[LedgerEntry]:
        first, end = self.span
        return reading.entries_of(account=self.account, first=first, end=end)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(account=self.account, **self.of_month(), **kwargs)


class BooksDebtors(ListPage):
    """Who owes what at the end of a day."""

    permission = KEEP
    template_name = "subscriptions/books/debtors.html"
    context_object_name = "debtors"

    @cached_property
    def day(self) -> date:
        try:
            return date.fromisoformat(self.request.GET.get("day", ""))
        except ValueError:
            return civil.local_date(timezone.now())

    def get_queryset(self) -> QuerySet[BillingAccount]:
        return reading.debtors_on(self.day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(day=self.day, **kwargs)


class MonthCloseDo(OfMonth, ActionPage):
    permission = KEEP
    success_message = _("The month is closed. Nothing is booked in it any more.")

    def failure_url(self) -> str:
        return f"{reverse('subscriptions:books')}?month={self.month:%Y-%m}"

    def perform(self) -> str:
        closing.close_month(by=cast(User, self.request.user), month=self.month, now=timezone.now())
        return self.failure_url()


class DatevExport(OfMonth, Access, View):
    """The batch as a file; where it can't be made, the reason stands above the month."""

    permission = KEEP

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            content = datev.export(month=self.month, now=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(f"{reverse('subscriptions:books')}?month={self.month:%Y-%m}")
        answer = HttpResponse(content, content_type="text/csv; charset=windows-1252")
        answer["Content-Disposition"] = f'attachment; filename="EXTF_Buchungsstapel_{self.month:%Y-%m}.csv"'
        return answer


class MappingForm(forms.Form):
    """One number per account of the books."""

    def __init__(self, *args: Any, accounts: list[LedgerAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for account in accounts:
            self.fields[account.code] = forms.RegexField(
                r"^[0-9]{4,8}$",
                label=account.name,
                required=False,
                initial=account.datev_number,
                error_messages={"invalid": _("An account has four to eight digits.")},
            )


class BooksMapping(FormPage):
    """Which account of the books is which at the tax adviser's."""

    permission = KEEP
    template_name = "subscriptions/books/mapping.html"
    form_class = MappingForm
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "accounts": list(LedgerAccount.objects.all())}

    def perform(self, form: MappingForm) -> str:
        mapping.change_numbers(
            by=cast(User, self.request.user), numbers=form.cleaned_data, now=timezone.now()
        )
        return reverse("subscriptions:books")
