"""What the demo's cars are due for, and the campaigns that some of them belong to."""

import random
from datetime import date, datetime, timedelta

from common import civil
from services.demo.drafts import Draft
from services.demo.progress import mileage_of
from services.models import Appointment, Campaign, CampaignCar, ServiceType, Upkeep
from vehicles.models import Vehicle

State = CampaignCar.State
BATCH = 2000
WARRANTY_YEARS, FIRST_INSPECTION_YEARS = 4, 3  # the first general inspection: StVZO annex VIII
SERVICE_KM, SERVICE_YEARS = 30_000, 2
# Code, kind, number at the authority, titles, texts, model, every how many-th car, days since it was
# told, whether it is over.
CAMPAIGNS = (
    ("N5-2026-03", Campaign.Kind.RECALL, "015743", "Stecker der Hochvoltbatterie", "High-voltage connector",
     "Ein Stecker kann sich lockern. Wir sichern ihn; das dauert eine Stunde.",
     "A connector may come loose. We secure it, which takes an hour.", "N5", 3, 40, False),
    ("N3-2026-01", Campaign.Kind.CAMPAIGN, "", "Neue Software für die Klimaanlage",
     "New software for the air conditioning", "Die Heizung braucht danach weniger Strom.",
     "The heating needs less power afterwards.", "N3", 4, 90, False),
    ("N7-2025-02", Campaign.Kind.CAMPAIGN, "", "Dichtung der Heckklappe", "Seal of the tailgate",
     "Wasser konnte eindringen.", "Water could get in.", "N7", 2, 400, True),
)  # fmt: skip


def write_upkeep(rng: random.Random, now: datetime) -> None:
    """For every car, by its first registration and what it has driven."""
    today = civil.local_date(now)
    rows = []
    for car in Vehicle.objects.order_by("pk"):
        first = car.first_registered or date(today.year - 1, 5, 1)
        km = mileage_of(car, now)
        inspection = _next(_years_after(first, FIRST_INSPECTION_YEARS).replace(day=1), 2, today)
        rows.append(
            Upkeep(
                vehicle=car,
                inspection_month=inspection,
                service_due_on=_next(_years_after(first, SERVICE_YEARS), SERVICE_YEARS, today),
                service_due_km=(km // SERVICE_KM + 1) * SERVICE_KM,
                warranty_until=_years_after(first, WARRANTY_YEARS),
                mileage_km=km,
                mileage_at=now - timedelta(days=rng.randint(1, 60)),
            )
        )
    Upkeep.objects.bulk_create(rows, batch_size=BATCH)


def _years_after(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def _next(due: date, every_years: int, today: date) -> date:
    """The first time that is not over for longer than two months: a few are overdue."""
    while due < today - timedelta(days=60):
        due = _years_after(due, every_years)
    return due


def write_campaigns(
    rng: random.Random, drafts: list[Draft], work: ServiceType, owners_car: Vehicle | None, now: datetime
) -> None:
    """Some cars are done, some have a visit ahead, some owners were never reached; the owner's is open."""
    coming: dict[int, Appointment] = {}
    for draft in drafts:
        car = draft.appointment.vehicle
        if car is not None and draft.status == Appointment.Status.BOOKED:
            coming.setdefault(car.pk, draft.appointment)
    for row in CAMPAIGNS:
        code, kind, number, title_de, title_en, text_de, text_en, model, every, days, over = row
        told = now - timedelta(days=days)
        campaign = Campaign.objects.create(
            code=code,
            kind=kind,
            authority_number=number,
            title_de=title_de,
            title_en=title_en,
            text_de=text_de,
            text_en=text_en,
            service_type=work,
            published_at=told,
            closed_at=now - timedelta(days=30) if over else None,
        )
        cars = list(Vehicle.objects.filter(model__code=model).order_by("pk"))
        chosen = [car for place, car in enumerate(cars) if place % every == 0 or car == owners_car]
        CampaignCar.objects.bulk_create(
            [_car(rng, campaign, car, told, coming, car == owners_car, over) for car in chosen],
            batch_size=BATCH,
        )


def _car(
    rng: random.Random,
    campaign: Campaign,
    car: Vehicle,
    told: datetime,
    coming: dict[int, Appointment],
    is_owners: bool,
    over: bool,
) -> CampaignCar:
    row = CampaignCar(campaign=campaign, vin=car.vin, told_at=told + timedelta(hours=1))
    if is_owners:
        return row
    if over or rng.random() < 0.35:
        row.state, row.done_at = State.DONE, told + timedelta(days=rng.randint(3, 30))
    elif car.pk in coming and rng.random() < 0.4:
        row.state, row.appointment = State.BOOKED, coming[car.pk]
    elif rng.random() < 0.1:
        row.state, row.told_at = State.UNREACHED, None
    return row


__all__ = ["write_campaigns", "write_upkeep"]
