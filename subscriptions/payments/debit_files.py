"""pain.008.001.08 files for the bank: made from what is due, downloaded, handed in.

The library takes wrong check digits, Sundays and days past: everything is checked here before.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from lxml import etree
from sepaxml import SepaDD
from sepaxml.validation import try_valid_xml

from accounts.models import User
from accounts.privacy import keeping
from common.civil import BERLIN, local_date
from common.errors import Conflict, Invalid
from documents import papers
from journal import log
from subscriptions.models import BillingAccount, Creditor, DebitFile, OpenItem, Payment
from subscriptions.payments import banking, creditors, debtors, mandates

FILE = "subscriptions.sepa_file"
SCHEMA = "pain.008.001.08"
AHEAD_DAYS = 7  # what is collected within a week goes into the next file
LEAD_TARGET_DAYS = 1  # the bank wants it the day before (SEPA Core rulebook 4.3.1)
KEPT_YEARS = 10


class NothingDue(Conflict):
    code = "nothing_due"

    def __init__(self) -> None:
        super().__init__(_("No direct debit is due within the next seven days."))


def files() -> QuerySet[DebitFile]:
    """All files with how far they are: counts and sums of what came and what came back."""
    arrived = Q(payments__state=Payment.State.SUCCEEDED)
    returned = Q(payments__state=Payment.State.RETURNED)
    return (
        DebitFile.objects.annotate(
            count=Count("payments"),
            cents=Sum("payments__cents"),
            arrived=Count("payments", filter=arrived),
            returned=Count("payments", filter=returned),
        )
        .select_related("paper", "made_by")
        .order_by("-made_at", "-pk")
    )


def due(*, now: datetime) -> QuerySet[Payment]:
    """Announced debits that the next file takes."""
    until = local_date(now) + timedelta(days=AHEAD_DAYS)
    return Payment.objects.filter(
        method=Payment.Method.DEBIT,
        state=Payment.State.PLANNED,
        debit_file__isnull=True,
        collect_on__lte=until,
    )


def make_files(*, by: User, now: datetime) -> list[DebitFile]:
    """Put what is due into files, one per scheme and day of collection; what can't be collected fails.

    A debit whose invoice was paid meanwhile is dropped, one paid in part collects the rest. Raises
    NotSetUp, NothingDue.
    """
    with transaction.atomic():
        creditor = creditors.collecting()
        Creditor.objects.select_for_update().get(pk=creditor.pk)  # one file at a time
        accounts = BillingAccount.objects.filter(payments__in=due(now=now)).order_by("pk")
        numbers = list(accounts.values_list("pk", flat=True).distinct())
        list(BillingAccount.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk"))
        groups: dict[tuple[str, date], list[Payment]] = defaultdict(list)
        rows = due(now=now).filter(account__in=numbers).select_for_update(of=("self",))
        names = ("mandate", "invoice", "account__holder", "account__organisation")
        payments = list(rows.select_related(*names).order_by("pk"))
        if not payments:
            raise NothingDue
        open_cents = dict(
            OpenItem.objects.filter(invoice__in=[payment.invoice_id for payment in payments]).values_list(
                "invoice_id", "open_cents"
            )
        )
        for payment in payments:
            if _is_ready(payment, open_cents.get(payment.invoice_id or 0, 0), by=by, now=now):
                groups[payment.mandate.scheme, _collected_on(payment, now)].append(payment)  # type: ignore[union-attr]
        return [
            _make_file(creditor, scheme, day, group, by=by, now=now)
            for (scheme, day), group in sorted(groups.items())
        ]


def hand_in(*, by: User, file: DebitFile, now: datetime) -> DebitFile:
    """A colleague has handed the file in to the bank; from now on nothing of it can be taken out.

    Raises Conflict the second time, or once its day is too close.
    """
    with transaction.atomic():
        held = DebitFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        if held.handed_in_at is not None:
            raise Conflict(_("This file was handed in already."), code="handed_in")
        held.handed_in_at = now
        held.save(update_fields=["handed_in_at"])
        members = held.payments.filter(state=Payment.State.PLANNED)
        count = members.count()
        mandates.Mandate.objects.filter(payments__in=members).update(last_used_on=held.collection_on)
        members.update(state=Payment.State.SUBMITTED)
        log.record("subscriptions.debit_file_handed_in", by=by, subject=held, data={"count": count}, at=now)
    return held


def _is_ready(payment: Payment, open_cents: int, *, by: User, now: datetime) -> bool:
    """Looks once more at what may have changed since it was announced."""
    reason = ""
    if open_cents <= 0:
        reason = "paid_otherwise"
    elif payment.mandate is None or payment.mandate.revoked_at is not None:
        reason = "mandate_revoked"
    elif mandates.lapses_on(payment.mandate) <= local_date(now):
        reason = "mandate_lapsed"
    else:
        try:
            banking.checked_iban(payment.mandate.iban)
        except Invalid as error:
            reason = error.code
    if not reason:
        payment.cents = min(payment.cents, open_cents)
        return True
    payment.state, payment.reason = Payment.State.FAILED, reason
    payment.save(update_fields=["state", "reason"])
    if reason != "paid_otherwise":
        log.record(
            "subscriptions.debit_failed",
            by=by,
            subject=payment,
            data={
                "account": payment.account_id,
                "amount": payment.cents,
                "invoice": payment.invoice_id,
                "reason": reason,
            },
            audience=debtors.people_of(payment.account),
            at=now,
        )
    return False


def _collected_on(payment: Payment, now: datetime) -> date:
    """The announced day, or the first that the bank still takes (the debtor may be charged later, not
    sooner)."""
    soonest = banking.after_target_days(local_date(now), LEAD_TARGET_DAYS)
    return max(payment.collect_on or soonest, soonest)


def _make_file(
    creditor: Creditor, scheme: str, day: date, payments: list[Payment], *, by: User, now: datetime
) -> DebitFile:
    today = local_date(now)
    number = DebitFile.objects.filter(message_id__startswith=f"SDD-{today:%Y%m%d}-").count() + 1
    file = DebitFile.objects.create(
        message_id=f"SDD-{today:%Y%m%d}-{number}", scheme=scheme, collection_on=day, made_at=now, made_by=by
    )
    for payment in payments:
        payment.debit_file, payment.collect_on = file, day
    Payment.objects.bulk_update(payments, ["debit_file", "collect_on", "cents"])
    file.paper = papers.keep_file(
        kind=FILE,
        content=xml_of(creditor=creditor, file=file, payments=payments, now=now),
        media_type="application/xml",
        name=file.message_id,
        owner=None,
        about=file,
        now=now,
        keep_until=keeping.end_of_year_after(today, years=KEPT_YEARS),
        by=by,
    )
    file.save(update_fields=["paper"])
    total = sum(payment.cents for payment in payments)
    data = {"count": len(payments), "amount": total}
    log.record("subscriptions.debit_file_made", by=by, subject=file, data=data, at=now)
    return file


def xml_of(*, creditor: Creditor, file: DebitFile, payments: Iterable[Payment], now: datetime) -> bytes:
    """The message, valid by the bank's schema; the same values give the same bytes."""
    config = {
        "name": creditor.name,
        "IBAN": creditor.iban,
        "batch": True,
        "creditor_id": creditor.creditor_id,
        "currency": "EUR",
        "instrument": file.scheme,
    }
    if creditor.bic:
        config["BIC"] = creditor.bic
    message = SepaDD(config, schema=SCHEMA, clean=True)
    for payment in payments:
        message.add_payment(_transaction(payment, file.collection_on))
    return _with_our_ids(message.export(validate=False), file, now, BERLIN)


def _transaction(payment: Payment, day: date) -> dict[str, object]:
    mandate = payment.mandate
    if mandate is None:
        raise ValueError("a direct debit has a mandate")
    values: dict[str, object] = {
        "name": mandate.debtor,
        "IBAN": mandate.iban,
        "mandate_id": mandate.reference,
        "mandate_date": local_date(mandate.signed_at),
        "amount": payment.cents,
        "type": "RCUR",
        "collection_date": day,
        "endtoend_id": payment.key,
        "description": f"{payment.invoice.code if payment.invoice else payment.key} {payment.account.number}",
    }
    if mandate.bic:
        values["BIC"] = mandate.bic
    return values


def _with_our_ids(xml: bytes, file: DebitFile, now: datetime, zone: ZoneInfo) -> bytes:
    """The library draws random ids and the server's clock: ours come back on statements."""
    tree = etree.fromstring(xml)
    space = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}
    created = now.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat()
    for path, text in (
        (".//p:GrpHdr/p:MsgId", file.message_id),
        (".//p:GrpHdr/p:CreDtTm", created),
        (".//p:PmtInf/p:PmtInfId", file.message_id),
    ):
        for node in tree.iterfind(path, space):
            node.text = text
    content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    try_valid_xml(content, SCHEMA)
    return bytes(content)


__all__ = ["FILE", "NothingDue", "due", "files", "hand_in", "make_files", "xml_of"]
