"""One's ways to pay: transfer, direct debit, and what was paid."""

from typing import Any, cast

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.pages import ActionPage, DetailPage, FormPage, ListPage
from subscriptions.billing import billing_accounts
from subscriptions.models import BillingAccount, Invoice, Mandate, OpenItem, Payment
from subscriptions.payments import (
    creditors,
    debits,
    debtors,
    girocode,
    mandate_papers,
    mandates,
    methods,
    return_reasons,
)
from subscriptions.payments.forms import MandateForm


def person_of(request: HttpRequest) -> User:
    return cast(User, request.user)


class PaymentMethods(ListPage):
    """Every account that one pays for, with its way to pay."""

    template_name = "subscriptions/payments/methods.html"
    context_object_name = "accounts"

    def get_queryset(self) -> QuerySet[BillingAccount]:
        active = Mandate.objects.filter(revoked_at__isnull=True)
        rows = BillingAccount.objects.visible_to(person_of(self.request)).select_related(
            "holder", "organisation"
        )
        return rows.prefetch_related(Prefetch("mandates", active, to_attr="active")).order_by(
            "organisation_id", "pk"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        own = any(account.holder_id == self.request.user.pk for account in context["accounts"])
        return {**context, "creditor": creditors.current(), "has_own": own}


class MandateSign(FormPage):
    """Type the account, read what one agrees to, sign: on one page."""

    template_name = "subscriptions/payments/mandate_sign.html"
    form_class = MandateForm
    once = True
    success_message = _("Signed. From now on we collect by direct debit and announce each amount before.")

    @cached_property
    def account(self) -> BillingAccount | None:
        """The one of the address, else one's own, which may not exist yet."""
        visible = BillingAccount.objects.visible_to(person_of(self.request))
        visible = visible.select_related("holder", "organisation")
        if "pk" in self.kwargs:
            return get_object_or_404(visible, pk=self.kwargs["pk"])
        return visible.filter(holder=self.request.user).first()

    def get_initial(self) -> dict[str, Any]:
        name = self.request.user.display_name
        return {"debtor": debtors.name_of(self.account) if self.account else name, "signer_name": name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        creditor = creditors.current()
        return super().get_context_data(
            account=self.account,
            creditor=creditor,
            can_collect=bool(creditor.iban and creditor.creditor_id),
            wording=mandate_papers.wording(creditor),
            **kwargs,
        )

    def perform(self, form: MandateForm) -> str:
        now, user, typed = timezone.now(), person_of(self.request), form.cleaned_data
        mandates.sign_mandate(
            by=user,
            account=self.account or billing_accounts.account_for(person=user, now=now),
            debtor=mandates.Debtor(name=typed["debtor"], iban=typed["iban"]),
            signer_name=typed["signer_name"],
            **typed["strokes"],
            device=self.request.headers.get("User-Agent", ""),
            now=now,
        )
        return reverse("subscriptions:payment-methods")


class MandateRevoke(ActionPage):
    success_message = _("The mandate is revoked. Please pay by transfer from now on.")

    def perform(self) -> str:
        user = person_of(self.request)
        mandate = get_object_or_404(mandates.visible_to(user), pk=self.kwargs["pk"])
        mandates.revoke_mandate(by=user, mandate=mandate, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("subscriptions:payment-methods")


class PayBy(ActionPage):
    """Back to the transfer without giving the mandate up, or to the mandate again."""

    success_message = _("The way of paying is changed. It holds for what is invoiced from now on.")

    def perform(self) -> str:
        user = person_of(self.request)
        account = get_object_or_404(BillingAccount.objects.visible_to(user), pk=self.kwargs["pk"])
        methods.choose_method(
            by=user, account=account, method=self.request.POST.get("method", ""), now=timezone.now()
        )
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("subscriptions:payment-methods")


class PaymentList(ListPage):
    """What was paid, what is announced, and what came back."""

    template_name = "subscriptions/payments/payment_list.html"
    context_object_name = "payments"

    def get_queryset(self) -> QuerySet[Payment]:
        return methods.payments_of(person_of(self.request))


class InvoicePay(DetailPage):
    """How an invoice is paid now: the GiroCode, the account, or the direct debit once more."""

    template_name = "subscriptions/payments/invoice_pay.html"
    context_object_name = "invoice"

    def get_queryset(self) -> QuerySet[Invoice]:
        return Invoice.objects.visible_to(person_of(self.request)).select_related("account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invoice = self.object
        came_back = invoice.payments.filter(state__in=("returned", "failed")).exclude(reason="paid_otherwise")
        last = came_back.select_related("mandate").order_by("-pk").first()
        return super().get_context_data(
            item=OpenItem.objects.filter(invoice=invoice).first(),
            creditor=creditors.current(),
            girocode=girocode.picture_for(invoice),
            on_way=debits.announcement_of(invoice),
            last=last,
            reason=return_reasons.explain(last.reason) if last else None,
            mandate=mandates.active_mandate(invoice.account),
            **kwargs,
        )


class DebitRetry(ActionPage):
    success_message = _("We collect once more and announce the day.")

    def perform(self) -> str:
        user = person_of(self.request)
        invoice = get_object_or_404(Invoice.objects.visible_to(user), pk=self.kwargs["pk"])
        debits.retry_debit(by=user, invoice=invoice, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("subscriptions:invoice-pay", args=[self.kwargs["pk"]])
