"""From the repair order to the invoice: what was agreed and done is billed when the car goes back.

Fixed-price jobs at the price of the booking, and the approved and done lines of estimates. What
warranty or goodwill bears stands on the invoice at no charge, and its worth in the books as work for
ourselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Address, User
from common import civil
from common.errors import Conflict, Invalid
from common.money import net_of
from services.estimates import pricing
from services.models import Appointment, CostEntry, Estimate, EstimateLine, Job
from subscriptions.billing import billing_accounts, charges, ledger
from subscriptions.models import BillingAccount, Invoice, LedgerTransaction, VatRate
from vehicles.models import Ownership

STANDARD_RATE = Decimal("0.190")  # the price of a job is agreed with it (UStG §12(1))
VAT_CODES = {19: VatRate.Code.STANDARD, 7: VatRate.Code.REDUCED, 0: VatRate.Code.NONE}
SMALL_CENTS = 250_00  # up to here an invoice needs no address (UStDV §33)
TEXT_LENGTH = 200  # of a charge
UNITS = {CostEntry.Kind.LABOUR: "hours", CostEntry.Kind.PART: ""}


class Payer(models.TextChoices):
    CUSTOMER = "customer", gettext_lazy("the customer")
    WARRANTY = "warranty", gettext_lazy("warranty")
    GOODWILL = "goodwill", gettext_lazy("goodwill")


COST_ACCOUNTS = {Payer.WARRANTY: "warranty-costs", Payer.GOODWILL: "goodwill-costs"}


@dataclass(frozen=True)
class Position:
    """One thing to be billed; cents. ``key`` names it within the visit, as ``payers`` does."""

    key: str
    text: str
    quantity: Decimal
    unit: str
    net_cents: int
    gross_cents: int
    vat_code: str


def positions_of(visit: Appointment) -> list[Position]:
    """What was done at an agreed price, in order. Two queries and one per estimate's entries."""
    jobs = visit.jobs.select_related("service_type").exclude(state=Job.State.DROPPED).order_by("position")
    found = [_of_job(job) for job in jobs if job.price_cents]
    lines = EstimateLine.objects.filter(
        estimate__appointment=visit,
        estimate__state=Estimate.State.DECIDED,
        decision=EstimateLine.Decision.APPROVED,
        done_at__isnull=False,
    )
    for line in lines.order_by("estimate__number", "position").prefetch_related("entries"):
        found += [_of_entry(line, entry) for entry in line.entries.all()]
    return found


def _of_job(job: Job) -> Position:
    gross = job.price_cents or 0
    return Position(
        key=f"job:{job.pk}",
        text=job.service_type.name,
        quantity=Decimal(1),
        unit="",
        net_cents=net_of(gross, STANDARD_RATE),
        gross_cents=gross,
        vat_code=VatRate.Code.STANDARD,
    )


def _of_entry(line: EstimateLine, entry: CostEntry) -> Position:
    cost = pricing.sum_of_entry(entry)
    code = VAT_CODES.get(int(entry.vat_percent)) if entry.vat_percent == int(entry.vat_percent) else None
    if code is None:
        raise Conflict(
            _("“%(text)s” has a rate of VAT that invoices do not know. Please correct the estimate.")
            % {"text": entry.text},
            code="vat_unknown",
        )
    text = entry.text if entry.text.startswith(line.title) else f"{line.title}: {entry.text}"
    return Position(
        f"entry:{entry.pk}",
        text,
        entry.quantity,
        UNITS[CostEntry.Kind(entry.kind)],
        cost.net,
        cost.gross,
        code,
    )


def bill_visit(*, by: User, visit: Appointment, payers: Mapping[str, str], now: datetime) -> Invoice | None:
    """Within the hand-back: issue the visit's invoice; None when nothing had a price.

    ``payers`` says who bears which position (its key); the customer, where it says nothing. Asked
    again it returns the same invoice. Raises Invalid for an unknown position or payer, Conflict
    (customer_incomplete) when the customer's file lacks what an invoice needs.
    """
    with translation.override(visit.booked_by.language):
        positions = positions_of(visit)
        _check(payers, positions)
        if not positions:
            return None
        account = account_of(visit, now)
        owed = sum(each.gross_cents for each in positions if _payer(payers, each) == Payer.CUSTOMER)
        _require_addressed(account, owed)
        keys = [_charge(account, visit, each, _payer(payers, each), by=by, now=now) for each in positions]
        invoice = charges.bill_now(account=account, keys=keys, by=by, now=now)
        _book_own_work(visit, positions, payers, now)
    return invoice


def invoice_of(visit: Appointment) -> Invoice | None:
    """The visit's invoice, once it was handed back."""
    return (
        Invoice.objects.issued().filter(lines__charge__key__startswith=_prefix(visit)).order_by("pk").first()
    )


def account_of(visit: Appointment, now: datetime) -> BillingAccount:
    """Who pays: the company whose car it is, else whoever booked."""
    owned = Ownership.objects.filter(
        vehicle=visit.vehicle_id, period__contains=now, organisation__isnull=False
    ).select_related("organisation")
    held = owned.first() if visit.vehicle_id else None
    if held is not None:
        return billing_accounts.account_for(organisation=held.organisation, now=now)
    return billing_accounts.account_for(person=visit.booked_by, now=now)


def _prefix(visit: Appointment) -> str:
    return f"services.appointment:{visit.pk}:"


def _payer(payers: Mapping[str, str], position: Position) -> Payer:
    return Payer(payers.get(position.key, Payer.CUSTOMER))


def _check(payers: Mapping[str, str], positions: list[Position]) -> None:
    known = {each.key for each in positions}
    if not set(payers) <= known or not set(payers.values()) <= set(Payer.values):
        raise Invalid(_("Please say for each position who pays it."), code="payer_unknown", field="payers")


def _require_addressed(account: BillingAccount, owed: int) -> None:
    """UStG §14(4) no. 1; a caller without an account needs a file first."""
    where = Address.objects.filter(user=account.holder_id, organisation=account.organisation_id)
    named = account.organisation or account.holder
    name = getattr(named, "display_name", "") or getattr(named, "name", "")
    if not name or (owed > SMALL_CENTS and not where.exists()):
        raise Conflict(
            _("The invoice needs the customer's name and address. Please complete their file first."),
            code="customer_incomplete",
        )


def _charge(
    account: BillingAccount, visit: Appointment, position: Position, payer: Payer, *, by: User, now: datetime
) -> str:
    key = _prefix(visit) + position.key
    cents = position.gross_cents if account.by_consumer else position.net_cents
    text = position.text
    if payer != Payer.CUSTOMER:
        cents = 0
        borne = _("warranty, at no charge") if payer == Payer.WARRANTY else _("goodwill, at no charge")
        text = (
            f"{text[: 198 - len(borne)]} ({borne})" if len(text) + len(borne) > 197 else f"{text} ({borne})"
        )
    day = civil.local_date(now, visit.centre.zone)
    charges.add_charge(
        account=account,
        key=key,
        kind="workshop",
        text=text[:TEXT_LENGTH],
        quantity=position.quantity,
        unit=position.unit,
        # To a hundredth of a hundredth: so the amount is what was approved, to the cent.
        unit_cents=(Decimal(cents) / position.quantity).quantize(Decimal("0.0001")),
        vat_code=position.vat_code,
        service=(day, day),
        vehicle=visit.vehicle,
        by=by,
        now=now,
    )
    return key


def _book_own_work(
    visit: Appointment, positions: list[Position], payers: Mapping[str, str], now: datetime
) -> None:
    """What the house bears: cost of warranty or goodwill against revenue with ourselves, net."""
    key = f"own-work:{visit.pk}"
    entries = []
    for payer, code in COST_ACCOUNTS.items():
        cents = sum(each.net_cents for each in positions if _payer(payers, each) == payer)
        entries += [ledger.Entry(code, None, cents), ledger.Entry("revenue-internal", None, -cents)]
    if any(entry.cents for entry in entries) and not LedgerTransaction.objects.filter(key=key).exists():
        ledger.book(
            key=key,
            kind=LedgerTransaction.Kind.INTERNAL,
            booked_on=civil.local_date(now),
            entries=entries,
            now=now,
        )
