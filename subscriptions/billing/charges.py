"""Things to be billed, from any app: with the account's next invoice, or at once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, NotFound
from subscriptions.billing import billing_accounts, buyers, issuing, ledger, vat
from subscriptions.billing.drafts import Draft, Line, round_cents
from subscriptions.models import BillingAccount, Charge, Contract, Invoice, InvoiceLine
from vehicles.models import Vehicle


class ChargeDiffers(Conflict):
    """The key stands for another charge already."""

    code = "charge_differs"

    def __init__(self) -> None:
        super().__init__(_("Something else was charged under this key before."))


class ChargeBilled(Conflict):
    """On a document already: only a credit note takes it back."""

    code = "charge_billed"

    def __init__(self) -> None:
        super().__init__(_("This is on an invoice already. A credit note can take it back."))


class NothingToBill(NotFound):
    """None of the charges waits."""

    code = "nothing_to_bill"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to bill."))


def add_charge(
    *,
    account: BillingAccount,
    key: str,
    kind: str,
    text: str,
    quantity: Decimal | int,
    unit: str,
    unit_cents: Decimal | int,
    vat_code: str,
    service: tuple[date, date],
    contract: Contract | None = None,
    vehicle: Vehicle | None = None,
    by: User | None,
    now: datetime,
) -> Charge:
    """Put something on the account's next invoice. The same ``key`` again is the same charge.

    ``unit_cents`` is gross for a consumer's account and net for an organisation's; the amount is
    quantity × unit price, rounded once, half up. ``service`` are the first and the last civil
    day (Berlin). Raises ChargeDiffers (409) for other content under a known key.
    """
    quantity, price = Decimal(quantity), Decimal(unit_cents)
    first, last = service
    content = {
        "account": account,
        "kind": kind,
        "text": text,
        "quantity": quantity,
        "unit": unit,
        "unit_cents": price,
        "amount_cents": round_cents(quantity * price),
        "vat_code": vat_code,
        "service": Range(first, last + timedelta(days=1), "[)"),
        "contract": contract,
        "vehicle": vehicle,
    }
    charge, is_new = Charge.objects.get_or_create(key=key, defaults={**content, "by": by, "created_at": now})
    if not is_new and any(getattr(charge, name) != value for name, value in content.items()):
        raise ChargeDiffers
    return charge


def drop_charge(*, charge: Charge, now: datetime) -> None:
    """Take back what is on no document yet. Raises ChargeBilled (409)."""
    with transaction.atomic():
        billing_accounts.lock_account(charge.account)
        if InvoiceLine.objects.filter(charge=charge).exists():
            raise ChargeBilled
        Charge.objects.filter(pk=charge.pk, dropped_at=None).update(dropped_at=now)


def bill_now(*, account: BillingAccount, keys: Iterable[str], by: User | None, now: datetime) -> Invoice:
    """Issue one document over these charges at once, without waiting for the run.

    Asked again for the same charges it returns the same document. Raises NothingToBill (404)
    when no charge of the account waits under the keys.
    """
    wanted = list(keys)
    with transaction.atomic():
        # Runs and other calls for this account wait here; who comes second sees what is billed.
        locked = billing_accounts.lock_account(account)
        waiting = Charge.objects.waiting().filter(account=locked, key__in=wanted).order_by("pk")
        ids = issuing.issue([draft_of(locked, list(waiting))], issued_on=local_date(now), now=now, by=by)
        if not ids:
            billed = Invoice.objects.filter(account=locked, lines__charge__key__in=wanted).order_by("-pk")
            found = billed.first()
            if found is None:
                raise NothingToBill
            return found
    return Invoice.objects.get(pk=ids[0])


def draft_of(account: BillingAccount, charges: Sequence[Charge]) -> Draft:
    """The charges as one draft, each a line."""
    buyer = buyers.read_buyers([account.pk])[account.pk]
    rates = vat.read_rates()
    plan_kinds = dict(
        Contract.objects.filter(charges__in=[charge.pk for charge in charges]).values_list("pk", "plan__kind")
    )
    lines = [
        line_of(
            (
                charge.pk,
                charge.kind,
                charge.text,
                charge.quantity,
                charge.unit,
                charge.unit_cents,
                charge.amount_cents,
                charge.vat_code,
                charge.service.lower,
                charge.service.upper,
                charge.contract_id,
                plan_kinds.get(charge.contract_id) if charge.contract_id else None,
            ),
            rates,
        )
        for charge in charges
    ]
    return Draft(account.pk, buyer.language, buyer.is_consumer, buyer.document, lines, buyer.audience)


ChargeRow = tuple[
    int, str, str, Decimal, str, Decimal, int, str, date, date, int | None, str | None
]  # as CHARGES of reading.py selects them


def line_of(row: ChargeRow, rates: vat.Rates) -> Line:
    """One charge as a line, taxed at the rate of its last day of service."""
    pk, kind, text, quantity, unit, price, amount, vat_code, first, end, contract_id, plan_kind = row
    return Line(
        kind=InvoiceLine.Kind.CHARGE.value,
        text=text,
        quantity=quantity,
        unit=unit,
        unit_cents=price,
        amount_cents=amount,
        vat_code=vat_code,
        vat_rate=rates.on(vat_code, end - timedelta(days=1)),
        first=first,
        end=end,
        revenue=ledger.revenue_code(line_kind=InvoiceLine.Kind.CHARGE, plan_kind=plan_kind, charge_kind=kind),
        contract_id=contract_id,
        charge_id=pk,
    )
