"""The accountant's desk of payments: files for the bank, statements, reminders, refunds."""

from typing import Any, cast

from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from common.civil import local_date
from common.pages import ActionPage, FormPage, ListPage
from documents.models import Document
from subscriptions.models import BankFile, BankLine, DebitFile, OpenItem, Payment, Refund
from subscriptions.payments import debit_files, dunning, matching, refunds, statements, writing_off
from subscriptions.payments.forms import AssignForm, HoldForm, NothingForm, RefundForm, StatementForm

KEEP_BOOKS = "subscriptions.keep_books"
RELEASE = "subscriptions.release_refunds"


def colleague(view: Any) -> User:
    return cast(User, view.request.user)


class DebitFiles(ListPage):
    """Files of direct debits with how far they are, and what the next one takes."""

    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_debit_files.html"
    context_object_name = "files"

    def get_queryset(self) -> QuerySet[DebitFile]:
        return debit_files.files()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        due = debit_files.due(now=timezone.now())
        total = due.aggregate(sum=Sum("cents"))["sum"] or 0
        return super().get_context_data(due_count=due.count(), due_cents=total, **kwargs)


class DebitFilesMake(ActionPage):
    permission = KEEP_BOOKS

    def perform(self) -> str:
        made = debit_files.make_files(by=colleague(self), now=timezone.now())
        self.success_message = (
            ngettext("%(count)s file is ready.", "%(count)s files are ready.", len(made))
            % {"count": len(made)}
            if made
            else _("Nothing of it could be collected any more; those concerned were told.")
        )
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("subscriptions:staff-debit-files")


class DebitFileHandIn(ActionPage):
    permission = KEEP_BOOKS
    success_message = _("Handed in. The payments are on their way.")

    def perform(self) -> str:
        file = get_object_or_404(DebitFile, pk=self.kwargs["pk"])
        debit_files.hand_in(by=colleague(self), file=file, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("subscriptions:staff-debit-files")


class BankLines(ListPage):
    """Lines that wait for a person; with ``?all`` every line."""

    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_bank_lines.html"
    context_object_name = "lines"

    def get_queryset(self) -> QuerySet[BankLine]:
        rows = BankLine.objects.select_related("payment__account").order_by("-booked_on", "-pk")
        return rows if "all" in self.request.GET else rows.filter(state=BankLine.State.OPEN)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        waiting = BankLine.objects.filter(state=BankLine.State.OPEN).count()
        newest = BankFile.objects.first()
        return {**context, "waiting": waiting, "newest": newest, "show_all": "all" in self.request.GET}


class BankLineDetail(FormPage):
    """One line: suggestions, an invoice's number by hand, or not ours."""

    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_bank_line.html"
    form_class = AssignForm
    success_message = _("Assigned.")

    @cached_property
    def line(self) -> BankLine:
        rows = BankLine.objects.select_related("file", "payment__account")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_open = self.line.state == BankLine.State.OPEN
        found = matching.suggestions(self.line) if is_open else []
        return super().get_context_data(line=self.line, is_open=is_open, suggestions=found, **kwargs)

    def perform(self, form: AssignForm) -> str:
        matching.assign_line(
            by=colleague(self), line=self.line, invoice=form.cleaned_data["invoice"], now=timezone.now()
        )
        return reverse("subscriptions:staff-bank-lines")


class BankLineIgnore(ActionPage):
    permission = KEEP_BOOKS
    success_message = _("Set aside.")

    def perform(self) -> str:
        line = get_object_or_404(BankLine, pk=self.kwargs["pk"])
        matching.ignore_line(by=colleague(self), line=line, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("subscriptions:staff-bank-lines")


class StatementUpload(FormPage):
    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_statement_upload.html"
    form_class = StatementForm

    def perform(self, form: StatementForm) -> str:
        upload = form.cleaned_data["file"]
        document = statements.keep_upload(
            by=colleague(self),
            content=upload.read(statements.MOST_BYTES + 1),
            name=upload.name,
            now=timezone.now(),
        )
        return reverse("subscriptions:staff-statement", args=[document.pk])


class StatementPreview(FormPage):
    """What an import would do, before it does anything."""

    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_statement.html"
    form_class = NothingForm
    shown = 100

    @cached_property
    def document(self) -> Document:
        waiting = Document.objects.not_erased().filter(kind=statements.KIND, about_kind="")
        return get_object_or_404(waiting, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = statements.read_document(self.document).lines
        known = set(
            BankLine.objects.filter(reference__in=[line.reference for line in lines]).values_list(
                "reference", flat=True
            )
        )
        looks = [
            (line, line.reference in known, None if line.reference in known else matching.find(line))
            for line in lines[: self.shown]
        ]
        return super().get_context_data(document=self.document, looks=looks, count=len(lines), **kwargs)

    def perform(self, form: Any) -> str:
        file = statements.import_statement(by=colleague(self), document=self.document, now=timezone.now())
        waiting = file.lines.filter(state=BankLine.State.OPEN).count()
        self.success_message = (
            ngettext(
                "Imported. %(count)s line waits for a decision.",
                "Imported. %(count)s lines wait for a decision.",
                waiting,
            )
            % {"count": waiting}
            if waiting
            else _("Imported. Every line is assigned.")
        )
        return reverse("subscriptions:staff-bank-lines")


class Overdue(ListPage):
    """What is overdue, oldest first, with how often we reminded."""

    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_overdue.html"
    context_object_name = "items"

    def get_queryset(self) -> QuerySet[OpenItem]:
        return dunning.overdue(today=local_date(timezone.now()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        total = self.get_queryset().aggregate(sum=Sum("open_cents"))["sum"] or 0
        return super().get_context_data(total=total, today=local_date(timezone.now()), **kwargs)


class OverdueItem(FormPage):
    """One overdue item: hold its reminders, let them go on, or give it up."""

    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_overdue_item.html"
    form_class = HoldForm
    success_message = _("Reminders are held.")

    @cached_property
    def item(self) -> OpenItem:
        rows = OpenItem.objects.select_related("invoice", "account__holder", "account__organisation")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"reason": self.item.on_hold_because}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reminders = self.item.invoice.reminders.order_by("level")
        payments = self.item.invoice.payments.order_by("-pk")[:10]
        return super().get_context_data(item=self.item, reminders=reminders, payments=payments, **kwargs)

    def perform(self, form: HoldForm) -> str:
        reason = form.cleaned_data["reason"]
        dunning.hold(by=colleague(self), item=self.item, reason=reason, now=timezone.now())
        return reverse("subscriptions:staff-overdue-item", args=[self.item.pk])


class OfItem(ActionPage):
    permission = KEEP_BOOKS

    @cached_property
    def item(self) -> OpenItem:
        return get_object_or_404(OpenItem, pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("subscriptions:staff-overdue-item", args=[self.item.pk])


class OverdueGoOn(OfItem):
    success_message = _("Reminders go on.")

    def perform(self) -> str:
        dunning.let_go_on(by=colleague(self), item=self.item, now=timezone.now())
        return self.failure_url()


class OverdueWriteOff(OfItem):
    success_message = _("Written off.")

    def perform(self) -> str:
        writing_off.write_off(by=colleague(self), item=self.item, now=timezone.now())
        return reverse("subscriptions:staff-overdue")


class Refunds(ListPage):
    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_refunds.html"
    context_object_name = "refunds"

    def get_queryset(self) -> QuerySet[Refund]:
        return refunds.all_refunds()


class StaffPayments(ListPage):
    """Payments as they came, newest first; one leads to its refund."""

    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_payments.html"
    context_object_name = "payments"

    def get_queryset(self) -> QuerySet[Payment]:
        rows = Payment.objects.select_related(
            "account__holder", "account__organisation", "mandate", "invoice"
        )
        return rows.order_by("-created_at", "-pk")


class RefundAsk(FormPage):
    permission = KEEP_BOOKS
    template_name = "subscriptions/payments/staff_refund_ask.html"
    form_class = RefundForm
    once = True
    success_message = _("Asked for. A colleague releases it.")

    @cached_property
    def payment(self) -> Payment:
        rows = Payment.objects.select_related("account__holder", "account__organisation", "mandate")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        most = refunds.refundable_cents(self.payment)
        return super().get_context_data(payment=self.payment, most=most, **kwargs)

    def perform(self, form: RefundForm) -> str:
        refunds.ask_refund(
            by=colleague(self),
            payment=self.payment,
            cents=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        return reverse("subscriptions:staff-refunds")


class OfRefund(ActionPage):
    permission = RELEASE

    @cached_property
    def refund(self) -> Refund:
        return get_object_or_404(Refund.objects.select_related("payment"), pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("subscriptions:staff-refunds")


class RefundRelease(OfRefund):
    success_message = _("Released. Please hand the file in to the bank.")

    def perform(self) -> str:
        refunds.release_refund(by=colleague(self), refund=self.refund, now=timezone.now())
        return self.failure_url()


class RefundRefuse(OfRefund):
    success_message = _("Refused.")

    def perform(self) -> str:
        refunds.refuse_refund(by=colleague(self), refund=self.refund, now=timezone.now())
        return self.failure_url()


class RefundPaid(OfRefund):
    success_message = _("Handed in. The customer was told.")

    def perform(self) -> str:
        refunds.mark_paid(by=colleague(self), refund=self.refund, now=timezone.now())
        return self.failure_url()
