"""What becomes of the pack when its contract ends: bought, returned, taken over or lost."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from common import civil
from common.errors import Invalid
from common.money import net_of
from journal import log
from subscriptions.billing import billing_accounts, charges, vat
from subscriptions.contracts import holders
from subscriptions.errors import ContractNotFound
from subscriptions.models import Contract, Pack, PackFitting, PackSettlement, Plan, VatRate
from subscriptions.packs import fitting, prices
from subscriptions.packs.errors import AlreadySettled, NoPackFitted, PriceChanged

Manner = PackSettlement.Manner
DESK = "subscriptions.view_desk"
DAYS_OF_YEAR = 365
PURCHASE = "pack"  # the kind of its charge

# A credit takes back the days that it credits.
PAID_DAYS = """
WITH RECURSIVE chain AS (
  SELECT %s::bigint AS id
  UNION SELECT t.contract_id FROM subscriptions_takeover t JOIN chain ON t.follows_id = chain.id)
SELECT coalesce(sum(sign(line.amount_cents) * (upper(line.service) - lower(line.service))), 0)
FROM subscriptions_invoiceline line
JOIN subscriptions_openitem item ON item.invoice_id = line.invoice_id
WHERE line.contract_id IN (SELECT id FROM chain) AND line.kind = 'base' AND item.open_cents <= 0
"""

# Visits of a car at which a battery may be handed in: (code, words); filled by the workshop.
Visits = Callable[[Contract, User, datetime], list[tuple[str, str]]]
_visits: list[Visits] = []


def register_visits(source: Visits) -> None:
    """From apps.py of the app that knows visits."""
    if source not in _visits:
        _visits.append(source)


def visits_of(*, contract: Contract, by: User, now: datetime) -> list[tuple[str, str]]:
    return [each for source in _visits for each in source(contract, by, now)]


def months_paid(contract: Contract) -> int:
    """Months of the contract, and of those taken over before it, that paid invoices cover; rounded."""
    with connection.cursor() as cursor:
        cursor.execute(PAID_DAYS, [contract.pk])
        days = max(int(cursor.fetchone()[0]), 0)
    return (days * 12 * 2 + DAYS_OF_YEAR) // (DAYS_OF_YEAR * 2)


def pack_of_contract(*, contract: Contract, now: datetime) -> Pack | None:
    """The pack of a battery contract: in its car now, or what its settlement is about."""
    if contract.plan.kind != Plan.Kind.BATTERY:
        return None
    settlement = PackSettlement.objects.filter(contract=contract).select_related("pack").first()
    if settlement is not None and (settlement.pack is not None or settlement.manner != Manner.OPEN):
        return settlement.pack
    # After its end the car may hold another contract's pack.
    at = min(now, civil.day_span(contract.ends_on)[0]) if contract.ends_on else now
    return fitting.pack_of(contract.vehicle, at) or fitting.pack_of(contract.vehicle, now)


def price_of(*, contract: Contract, pack: Pack) -> int:
    """What buying it out costs now, in cents, gross."""
    return prices.buy_out_price(new_cents=pack.price_cents, months_paid=months_paid(contract))


def open_settlement(*, contract: Contract, now: datetime) -> PackSettlement | None:
    """Ask what becomes of the pack; once for each battery contract, None for the others."""
    if contract.plan.kind != Plan.Kind.BATTERY:
        return None
    with transaction.atomic():
        Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        pack = fitting.pack_of(contract.vehicle, now)
        settlement, is_new = PackSettlement.objects.get_or_create(
            contract=contract, defaults={"pack": pack, "opened_at": now}
        )
        if is_new:
            log.record(
                "subscriptions.pack_to_settle",
                by=None,
                subject=contract,
                data={"code": contract.code},
                audience=holders.people_of(contract),
                at=now,
            )
    return settlement


def buy_pack(*, by: User, contract: Contract, shown_cents: int, now: datetime) -> PackSettlement:
    """The holder buys the pack at the shown price (cents, gross); billed at once.

    Raises ContractNotFound (404), AlreadySettled, PriceChanged, NoPackFitted (all 409).
    """
    with transaction.atomic():
        settlement = _locked(contract)
        if not holders.acts_for(by=by, contract=settlement.contract):
            raise ContractNotFound(_("There is no such contract."))
        pack = settlement.pack or pack_of_contract(contract=settlement.contract, now=now)
        if pack is None:
            raise NoPackFitted
        price = price_of(contract=settlement.contract, pack=pack)
        if price != shown_cents:
            raise PriceChanged
        settlement.pack, settlement.price_cents = pack, price
        _bill(settlement, pack, price, by, now)
        return _settle(settlement, Manner.BOUGHT, by=by, now=now)


def book_return(*, by: User, contract: Contract, visit_code: str, now: datetime) -> PackSettlement:
    """The holder hands it in at a visit that is booked. Raises ContractNotFound, AlreadySettled, Invalid."""
    with transaction.atomic():
        settlement = _locked(contract)
        if not holders.acts_for(by=by, contract=settlement.contract):
            raise ContractNotFound(_("There is no such contract."))
        known = {code for code, _words in visits_of(contract=settlement.contract, by=by, now=now)}
        if visit_code not in known:
            raise Invalid(_("Choose one of your booked visits."), code="visit_unknown", field="visit")
        settlement.visit_code = visit_code
        settlement.save(update_fields=["visit_code"])
        log.record(
            "subscriptions.pack_return_booked",
            by=by,
            subject=settlement.contract,
            data={"code": settlement.contract.code, "visit": visit_code},
            audience=holders.people_of(settlement.contract),
            at=now,
        )
    return settlement


def settle_pack(*, by: User, contract: Contract, manner: str, now: datetime) -> PackSettlement:
    """Staff at the desk: the pack came back, or is lost with the car; it is in no car any more.

    Raises ContractNotFound (404) without the desk's permission, AlreadySettled (409), Invalid.
    """
    if manner not in (Manner.RETURNED, Manner.LOST):
        raise Invalid(_("Choose whether it came back or is lost."), field="manner")
    if not by.has_permission(DESK):
        raise ContractNotFound(_("There is no such contract."))
    with transaction.atomic():
        settlement = _locked(contract)
        pack = settlement.pack or pack_of_contract(contract=settlement.contract, now=now)
        settlement.pack = pack
        if pack is not None:
            _take_out(pack, settlement.contract, now)
        return _settle(settlement, manner, by=by, now=now)


def pass_on(*, by: User, contract: Contract, now: datetime) -> PackSettlement:
    """The pack stays in the car and goes on under the buyer's contract; inside the takeover."""
    pack = fitting.pack_of(contract.vehicle, now)
    settlement, _new = PackSettlement.objects.get_or_create(
        contract=contract, defaults={"pack": pack, "opened_at": now}
    )
    return _settle(settlement, Manner.TAKEN_OVER, by=by, now=now)


def _locked(contract: Contract) -> PackSettlement:
    locked = (
        Contract.objects.select_for_update(of=("self",))
        .select_related("plan", "vehicle", "holder", "organisation")
        .get(pk=contract.pk)
    )
    found = PackSettlement.objects.filter(contract=locked).select_related("pack").first()
    if found is None:
        raise ContractNotFound(_("This contract's battery is not to be settled."))
    if found.manner != Manner.OPEN:
        raise AlreadySettled
    found.contract = locked
    return found


def _bill(settlement: PackSettlement, pack: Pack, price: int, by: User, now: datetime) -> None:
    contract, today = settlement.contract, civil.local_date(now)
    account = billing_accounts.account_for(
        person=contract.holder, organisation=contract.organisation, now=now
    )
    rate = vat.read_rates().on(VatRate.Code.STANDARD, today)
    key = f"pack:{contract.code}"
    with translation.override(contract.language):
        text = _("Battery %(serial)s, bought out of contract %(code)s") % {
            "serial": pack.serial,
            "code": contract.code,
        }
    charges.add_charge(
        account=account,
        key=key,
        kind=PURCHASE,
        text=text,
        quantity=1,
        unit="",
        unit_cents=price if contract.by_consumer else net_of(price, rate),
        vat_code=VatRate.Code.STANDARD,
        service=(today, today),
        contract=contract,
        vehicle=contract.vehicle,
        by=by,
        now=now,
    )
    charges.bill_now(account=account, keys=[key], by=by, now=now)


def _take_out(pack: Pack, contract: Contract, now: datetime) -> None:
    running = PackFitting.objects.filter(pack=pack, vehicle=contract.vehicle, period__upper_inf=True).first()
    if running is not None:
        fitting.close_fitting(running, now)


def _settle(settlement: PackSettlement, manner: str, *, by: User, now: datetime) -> PackSettlement:
    settlement.manner, settlement.settled_at, settlement.by = manner, now, by
    settlement.save(update_fields=["pack", "price_cents", "manner", "settled_at", "by"])
    contract = settlement.contract
    log.record(
        "subscriptions.pack_settled",
        by=by,
        subject=contract,
        data={
            "code": contract.code,
            "manner": str(manner),
            "amount": settlement.price_cents,
            "visit": settlement.visit_code,
        },
        audience=holders.people_of(contract),
        at=now,
    )
    return settlement
