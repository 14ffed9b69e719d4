"""A row of every model of billing, payments and usage for one person."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from common import civil
from common.codes import new_code
from subscriptions.billing import billing_accounts, charges
from subscriptions.models import (
    Allocation,
    BankFile,
    BankLine,
    BillingChunk,
    BillingRun,
    Contract,
    ContractChange,
    DebitFile,
    Mandate,
    MonthClose,
    OpenItem,
    Payment,
    Refund,
    Reminder,
    UsageConflict,
    UsageRecord,
    UsageSource,
)
from subscriptions.usage import entitlements
from tests.factories.billing import set_up_creditor
from tests.factories.packs import fill_packs


def fill_money(user: User, marker: str, *, contract: Contract, colleague: User, now: datetime) -> None:
    """An invoice that is paid, what paid it, and what was used; nothing holds the person."""
    set_up_creditor()
    account = billing_accounts.account_for(person=user, now=now)
    today = civil.local_date(now)
    for place in ("billed", "waiting"):
        charges.add_charge(
            account=account,
            key=f"{marker}:{place}",
            kind="workshop",
            text=f"{marker}-{place}",
            quantity=Decimal(1),
            unit="",
            unit_cents=Decimal(11900),
            vat_code="standard",
            service=(today, today + timedelta(days=1)),
            by=colleague,
            now=now,
        )
    invoice = charges.bill_now(account=account, keys=[f"{marker}:billed"], by=colleague, now=now)
    OpenItem.objects.filter(invoice=invoice).update(open_cents=0, settled_at=now)
    Reminder.objects.create(invoice=invoice, level=1, sent_at=now, pay_until=today)
    mandate = Mandate.objects.create(
        reference=new_code(),
        account=account,
        debtor=f"{marker}-debtor",
        iban="DE89370400440532013000",
        signed_at=now,
    )
    file = DebitFile.objects.create(message_id=new_code(), scheme="CORE", collection_on=today, made_at=now)
    payment = Payment.objects.create(
        account=account,
        method="debit",
        state="succeeded",
        cents=11900,
        key=new_code(),
        mandate=mandate,
        debit_file=file,
        received_on=today,
        created_at=now,
    )
    Allocation.objects.create(payment=payment, invoice=invoice, cents=11900, at=now, by=colleague)
    Refund.objects.create(
        payment=payment, cents=100, reason="x", key=new_code(), asked_at=now, refused_at=now
    )
    statement = BankFile.objects.create(
        sha256=new_code(), name="statement.xml", imported_at=now, by=colleague
    )
    BankLine.objects.create(
        file=statement,
        reference=new_code(),
        booked_on=today,
        cents=11900,
        name=f"{marker}-payer",
        state="matched",
        payment=payment,
    )
    run = BillingRun.objects.create(until=today, started_at=now, finished_at=now, by=colleague)
    BillingChunk.objects.create(run=run, first_account=account.pk, last_account=account.pk, rated_at=now)
    MonthClose.objects.get_or_create(month=date(2020, 1, 1), defaults={"closed_at": now, "by": colleague})
    ContractChange.objects.create(
        contract=contract,
        kind="pause",
        starts_on=today,
        offer_text="x",
        offer_hash="x",
        agreed_at=now,
        by=user,
    )
    _fill_usage(marker, contract, now)
    fill_packs(user, contract, now)


def _fill_usage(marker: str, contract: Contract, now: datetime) -> None:
    source = UsageSource.objects.create(
        code=f"source-{contract.pk}", name="Stations", key_hash=new_code(), key_end="x", added_at=now
    )
    record = UsageRecord.objects.create(
        source=source,
        external_id=f"{marker}-use",
        fingerprint="x",
        unit="swap",
        quantity=1,
        used_at=now,
        contract=contract,
        received_at=now,
    )
    UsageConflict.objects.create(
        record=record, fingerprint="y", unit="swap", quantity=2, used_at=now, received_at=now
    )
    entitlements.reserve(
        key=f"reserved-{contract.pk}", vehicle=contract.vehicle, unit="swap", quantity=Decimal(1), now=now
    )
