"""Correcting an issued document: never by an edit, always by a credit note (AO §146(4), UStG §14(6))."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, Invalid, NotAllowed
from subscriptions.billing import billing_accounts, buyers, issuing, ledger
from subscriptions.billing.drafts import Draft, Line
from subscriptions.models import Invoice, InvoiceLine

PERMISSION = "subscriptions.keep_books"
REASON_LENGTH = 80
TEXT_LENGTH = 200


class AlreadyCredited(Conflict):
    code = "already_credited"

    def __init__(self) -> None:
        super().__init__(_("A credit note takes this back already."))


def credit(
    *, by: User, invoice: Invoice, lines: Collection[int] | None = None, reason: str, now: datetime
) -> Invoice:
    """Issue a credit note over an invoice, or over some of its lines (their ids).

    Each line is taken back once and as a whole; the reason stands beside it. Raises NotAllowed, Invalid
    without a reason or with lines of another document, AlreadyCredited (409), Conflict for a credit note.
    """
    if not by.has_permission(PERMISSION):
        raise NotAllowed(_("Only who keeps the books writes credit notes."))
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise Invalid(_("Please say why, in up to 80 characters."), code="reason_missing", field="reason")
    if invoice.number is None or invoice.kind == Invoice.Kind.CREDIT:
        raise Conflict(_("Only an issued invoice can be corrected."), code="not_correctable")
    with transaction.atomic():
        # Two who correct the same invoice take turns here.
        account = billing_accounts.lock_account(invoice.account)
        chosen = _chosen(invoice, lines)
        if credited_lines(invoice) & {line.pk for line in chosen}:
            raise AlreadyCredited
        buyer = buyers.read_buyers([account.pk])[account.pk]
        with translation.override(invoice.language):
            drafted = [_taken_back(line, reason.strip()) for line in chosen]
        draft = Draft(
            account_id=account.pk,
            language=invoice.language,
            is_gross=invoice.is_gross,
            buyer=invoice.buyer,
            lines=drafted,
            audience=buyer.audience,
            kind=Invoice.Kind.CREDIT,
            corrects_id=invoice.pk,
        )
        (issued,) = issuing.issue([draft], issued_on=local_date(now), now=now, by=by)
    return Invoice.objects.get(pk=issued)


def credited_lines(invoice: Invoice) -> set[int]:
    """Ids of the lines that a credit note took back. One query."""
    marks = InvoiceLine.objects.filter(invoice__corrects=invoice.pk, component__startswith="line:")
    return {int(mark.removeprefix("line:")) for mark in marks.values_list("component", flat=True)}


def _chosen(invoice: Invoice, ids: Collection[int] | None) -> list[InvoiceLine]:
    rows = invoice.lines.select_related("contract__plan", "charge").order_by("position")
    if ids is None:
        return list(rows)
    found = list(rows.filter(pk__in=ids))
    if not found or len(found) != len(set(ids)):
        raise Invalid(_("Please choose lines of this invoice."), code="lines_unknown", field="lines")
    return found


def _taken_back(line: InvoiceLine, reason: str) -> Line:
    """A charge of its own: what is taken back by hand, no later run bills again."""
    words = _("Taken back: %(what)s") % {"what": line.text}
    return Line(
        kind=InvoiceLine.Kind.CHARGE.value,
        text=f"{words[: TEXT_LENGTH - 3 - len(reason)]} ({reason})",
        quantity=-line.quantity,
        unit=line.unit,
        unit_cents=line.unit_cents,
        amount_cents=-line.amount_cents,
        vat_code=line.vat_code,
        vat_rate=line.vat_rate,
        first=line.service.lower,
        end=line.service.upper,
        revenue=ledger.revenue_code(
            line_kind=line.kind,
            plan_kind=line.contract.plan.kind if line.contract else None,
            charge_kind=line.charge.kind if line.charge else "",
        ),
        component=f"line:{line.pk}",
    )
