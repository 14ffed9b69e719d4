from subscriptions.models.accounts import BillingAccount, Creditor, Mandate
from subscriptions.models.catalogue import UNITS, Plan, PlanVersion
from subscriptions.models.changes import ContractChange
from subscriptions.models.contracts import Contract, ContractVersion
from subscriptions.models.declarations import Declaration, DeclarationAnswer
from subscriptions.models.invoices import (
    BillingChunk,
    BillingRun,
    Charge,
    Invoice,
    InvoiceLine,
    NumberSeries,
    OpenItem,
    VatRate,
)
from subscriptions.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction, MonthClose
from subscriptions.models.packs import Pack, PackFitting, PackHealth, PackSettlement
from subscriptions.models.payments import (
    Allocation,
    BankFile,
    BankLine,
    DebitFile,
    Payment,
    Refund,
    Reminder,
)
from subscriptions.models.takeovers import Takeover
from subscriptions.models.usage import Meter, Reservation, UsageConflict, UsageRecord, UsageSource

__all__ = [
    "UNITS",
    "Allocation",
    "BankFile",
    "BankLine",
    "BillingAccount",
    "BillingChunk",
    "BillingRun",
    "Charge",
    "Contract",
    "ContractChange",
    "ContractVersion",
    "Creditor",
    "DebitFile",
    "Declaration",
    "DeclarationAnswer",
    "Invoice",
    "InvoiceLine",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Mandate",
    "Meter",
    "MonthClose",
    "NumberSeries",
    "OpenItem",
    "Pack",
    "PackFitting",
    "PackHealth",
    "PackSettlement",
    "Payment",
    "Plan",
    "PlanVersion",
    "Refund",
    "Reminder",
    "Reservation",
    "Takeover",
    "UsageConflict",
    "UsageRecord",
    "UsageSource",
    "VatRate",
]
