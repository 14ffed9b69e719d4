"""Catalogue and contracts of the demo."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from common import civil
from common.codes import distinct_codes
from subscriptions.contracts import offers
from subscriptions.models import Contract, ContractVersion, Creditor, Plan, PlanVersion
from subscriptions.packs.demo import seed_packs

BATCH = 2000
SINCE = date(2026, 4, 1)
# Bank data that is nobody's: the numbers of the standards' own examples.
HOUSE = {
    "creditor_id": "DE98ZZZ09999999999",
    "name": "Nordlicht Mobilität GmbH",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "tax_number": "27/123/45678",
    "vat_id": "DE136695976",
}
SWAPS = {"unit": "swap", "included": 6, "overage_cents": 1000}
DIFFERENCE = {"unit": "kwh_difference", "included": 0, "overage_cents": 39}
# code, kind, names, texts, cents, paid every … months, minimum term, allowances
PLANS: tuple[tuple[Any, ...], ...] = (
    ("battery-75", "battery", "Akku-Abo 75 kWh", "Battery plan 75 kWh",
     "Der Akku für Alltag und Wochenende. Um seine Alterung kümmern wir uns.",
     "The battery for every day and the weekend. Its ageing is our business, not yours.",
     16900, 1, 0, [SWAPS, DIFFERENCE]),
    ("battery-100", "battery", "Akku-Abo 100 kWh", "Battery plan 100 kWh",
     "Der große Akku für weite Wege und Anhänger.",
     "The large battery for long trips and trailers.", 28900, 1, 0, [SWAPS, DIFFERENCE]),
    ("battery-75-steady", "battery", "Akku-Abo 75 kWh, zwölf Monate", "Battery plan 75 kWh, twelve months",
     "Günstiger, wenn Sie sich für ein Jahr festlegen.",
     "Cheaper if you commit yourself for a year.", 15900, 1, 12, [SWAPS, DIFFERENCE]),
    ("charging-100", "charging", "Ladepaket 100 kWh", "Charging bundle 100 kWh",
     "100 kWh im Monat an allen öffentlichen Säulen der Nordlicht-Partner.",
     "100 kWh a month at all public points of Nordlicht's partners.", 4500, 1, 0,
     [{"unit": "kwh", "included": 100, "overage_cents": 49}]),
    ("charging-300", "charging", "Ladepaket 300 kWh", "Charging bundle 300 kWh",
     "Für alle, die zu Hause nicht laden können.",
     "For all who can't charge at home.", 12900, 1, 0,
     [{"unit": "kwh", "included": 300, "overage_cents": 45}]),
    ("mobility-120", "mobility", "Mobilität 120 Minuten", "Mobility 120 minutes",
     "Carsharing in den Städten, in denen Nordlicht zu Hause ist.",
     "Car sharing in the towns where Nordlicht is at home.", 2900, 1, 0,
     [{"unit": "minutes", "included": 120, "overage_cents": 29},
      {"unit": "km", "included": 50, "overage_cents": 25}]),
    ("mobility-600", "mobility", "Mobilität 600 Minuten", "Mobility 600 minutes",
     "Statt eines Zweitwagens.", "Instead of a second car.", 9900, 1, 0,
     [{"unit": "minutes", "included": 600, "overage_cents": 24},
      {"unit": "km", "included": 250, "overage_cents": 22}]),
    ("connect", "connectivity", "Konnektivität", "Connectivity",
     "Karten mit Verkehrslage, Musik und WLAN im Auto.",
     "Maps with traffic, music and Wi-Fi in the car.", 999, 1, 0, [{"unit": "gb", "included": 20}]),
    ("roadside", "roadside", "Pannenhilfe", "Roadside assistance",
     "Hilfe an der Straße in ganz Europa, rund um die Uhr.",
     "Help at the roadside all over Europe, around the clock.", 6900, 12, 12,
     [{"unit": "rescue", "included": 4}]),
    ("roadside-family", "roadside", "Pannenhilfe Familie", "Roadside assistance for families",
     "Für alle, die Ihr Auto fahren.", "For everybody who drives your car.", 9900, 12, 12,
     [{"unit": "rescue", "included": 8}]),
)  # fmt: skip


def seed(*, rng: random.Random, scale: int, say: Callable[[str], None], context: dict[str, Any]) -> None:
    """A catalogue in both languages; contracts for most owners. Leaves context["plans"] behind."""
    versions = _catalogue()
    Creditor.objects.get_or_create(pk=1, defaults=HOUSE)
    now = timezone.now()
    drafts: list[tuple[Contract, PlanVersion]] = []
    for place, (owner, car) in enumerate(zip(context["owners"], context["vehicles"], strict=True)):
        for code in _wanted(rng, place, car):
            drafts.append((_contract(rng, owner, car, versions[code], now), versions[code]))
    for (contract, _), number in zip(drafts, distinct_codes(rng.choice), strict=False):
        contract.code = number
    Contract.objects.bulk_create([contract for contract, _ in drafts], batch_size=BATCH)
    ContractVersion.objects.bulk_create(
        [
            ContractVersion(
                contract=contract,
                plan_version=version,
                vehicle=contract.vehicle,
                kind=version.plan.kind,
                valid=DateRange(contract.starts_on, None, "[)"),
            )
            for contract, version in drafts
        ],
        batch_size=BATCH,
    )
    batteries = [contract for contract, version in drafts if version.plan.kind == Plan.Kind.BATTERY]
    seed_packs(contracts=batteries, rng=random.Random(16), now=now)
    context["plans"] = versions
    say(f"{len(drafts)} contracts")


def _catalogue() -> dict[str, PlanVersion]:
    found = {}
    for place, row in enumerate(PLANS):
        code, kind, name_de, name_en, text_de, text_en, cents, period, term, allowances = row
        plan = Plan.objects.create(
            code=code,
            kind=kind,
            name_de=name_de,
            name_en=name_en,
            text_de=text_de,
            text_en=text_en,
            place=place,
        )
        found[code] = PlanVersion.objects.create(
            plan=plan,
            number=1,
            valid_from=SINCE,
            price_cents=cents,
            period_months=period,
            term_months=term,
            allowances=allowances,
            published_at=civil.day_span(SINCE)[0],
        )
    return found


def _wanted(rng: random.Random, place: int, car: Any) -> list[str]:
    if place == 0:
        return ["battery-75", "connect"]
    wanted = []
    if rng.random() < 0.85:
        wanted.append("battery-100" if car.model.battery_kwh >= 100 else "battery-75")
    wanted += [code for code in ("charging-100", "connect", "roadside") if rng.random() < 0.3]
    return wanted


def _contract(rng: random.Random, owner: Any, car: Any, version: PlanVersion, now: datetime) -> Contract:
    vehicle = car if version.plan.belongs_to_a_car else None
    ordered_at = now - timedelta(days=rng.randint(20, 200), minutes=rng.randint(0, 1400))
    day = max(civil.local_date(ordered_at), SINCE)
    offer = offers.render_offer(plan_version=version, vehicle=vehicle, starts_on=day, language=owner.language)
    return Contract(
        holder=owner,
        vehicle=vehicle,
        plan=version.plan,
        plan_version=version,
        ordered_at=ordered_at,
        starts_on=day,
        language=owner.language,
        offer_text=offer.text,
        offer_hash=offer.hash,
        next_bill_on=day,
    )
