"""The house as a creditor: its bank account, creditor identifier, tax numbers and days to pay."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions as stdnum_errors
from stdnum.de import stnr
from stdnum.eu import at_02, vat

from accounts.models import User
from common.errors import Conflict, Invalid
from journal import log
from subscriptions.models import Creditor
from subscriptions.payments import banking

ROW = 1


@dataclass(frozen=True)
class BankAndTax:
    """As typed; days are civil days, fees gross cents."""

    name: str
    iban: str
    bic: str = ""
    creditor_id: str = ""
    tax_number: str = ""
    vat_id: str = ""
    prenotice_days: int = 5
    payment_days: int = 14
    reminder_fee_cents: int = 0
    business_fee_cents: int = 0
    datev_adviser: int | None = None
    datev_client: int | None = None


class NotSetUp(Conflict):
    code = "creditor_missing"

    def __init__(self) -> None:
        super().__init__(_("The house's bank data are missing. An administrator enters them in the setup."))


def current() -> Creditor:
    """The row, or an empty one that was never saved."""
    return Creditor.objects.filter(pk=ROW).first() or Creditor(pk=ROW)


def is_set_up() -> bool:
    """Whether invoices can say where to pay and which tax number is ours."""
    row = current()
    return bool(row.iban and (row.tax_number or row.vat_id))


def required() -> Creditor:
    """For what needs an account to be paid into. Raises NotSetUp."""
    row = current()
    if not row.iban:
        raise NotSetUp
    return row


def collecting() -> Creditor:
    """For what collects by direct debit. Raises NotSetUp without a creditor identifier."""
    row = required()
    if not row.creditor_id:
        raise NotSetUp
    return row


def change_creditor(*, by: User, typed: BankAndTax, now: datetime) -> Creditor:
    """Check and keep the house's bank and tax data. Raises Invalid beside the field that is wrong."""
    iban = banking.checked_iban(typed.iban)
    name = " ".join(typed.name.split())
    if not name:
        raise Invalid(_("Whose account is it?"), code="name_missing", field="name")
    values = {
        "name": name[:70],
        "iban": str(iban),
        "bic": banking.checked_bic(typed.bic) or banking.bic_of(iban),
        "creditor_id": _creditor_id(typed.creditor_id),
        "tax_number": _tax_number(typed.tax_number),
        "vat_id": _vat_id(typed.vat_id),
        "prenotice_days": _within(typed.prenotice_days, 1, 14, "prenotice_days"),
        "payment_days": _within(typed.payment_days, 1, 90, "payment_days"),
        "reminder_fee_cents": _within(typed.reminder_fee_cents, 0, 500, "reminder_fee_cents"),
        "business_fee_cents": _within(typed.business_fee_cents, 0, 4000, "business_fee_cents"),
        "datev_adviser": typed.datev_adviser,
        "datev_client": typed.datev_client,
    }
    if not values["tax_number"] and not values["vat_id"]:
        raise Invalid(
            _("An invoice needs the tax number or the VAT id (UStG §14(4) no. 2)."),
            code="tax_number_missing",
            field="tax_number",
        )
    with transaction.atomic():
        row, _new = Creditor.objects.update_or_create(pk=ROW, defaults=values)
        log.record("subscriptions.creditor_changed", by=by, subject=row, at=now)
    return row


def _creditor_id(typed: str) -> str:
    """Check digits as of ISO 7064 over the country and the national part (EPC AT-02)."""
    if not typed.strip():
        return ""
    try:
        return str(at_02.validate(typed))
    except stdnum_errors.ValidationError as error:
        raise Invalid(
            _("This creditor identifier can't be right. It reads like DE98ZZZ09999999999."),
            code="creditor_id_wrong",
            field="creditor_id",
        ) from error


def _tax_number(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        stnr.validate(typed)
    except stdnum_errors.ValidationError as error:
        raise Invalid(
            _("This tax number can't be right. It reads like 181/815/08155."),
            code="tax_number_wrong",
            field="tax_number",
        ) from error
    return typed.strip()


def _vat_id(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return str(vat.validate(typed))
    except stdnum_errors.ValidationError as error:
        raise Invalid(
            _("This VAT id can't be right. It reads like DE136695976."), code="vat_id_wrong", field="vat_id"
        ) from error


def _within(number: int, least: int, most: int, field: str) -> int:
    if not least <= number <= most:
        told = {"least": least, "most": most}
        raise Invalid(_("Between %(least)s and %(most)s.") % told, code="out_of_range", field=field)
    return number
