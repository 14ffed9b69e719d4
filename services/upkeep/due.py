"""What a car is due for at a civil day, most urgent first: check-in proposes it, its owner books it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from services.models import CampaignCar, ServiceType, Upkeep
from services.upkeep import upkeep
from services.upkeep.months import months_after
from vehicles.models import Vehicle

# How long before it is due something is worth saying.
INSPECTION_AHEAD_MONTHS: Final = 2
SERVICE_AHEAD = timedelta(days=45)
SERVICE_AHEAD_KM: Final = 1_500
WARRANTY_AHEAD = timedelta(days=90)


class Due(NamedTuple):
    """One thing. ``on`` is a civil day (of an inspection: the first of its month), ``km`` a mileage.

    ``kind`` is inspection, service, warranty, recall or campaign; ``service_type`` the work that
    settles it, None where the house offers none; ``overdue``: its time is over, or the car must
    not be driven. ``campaign_car`` is set for recalls and campaigns.
    """

    kind: str
    title: str
    on: date | None
    km: int | None
    overdue: bool
    service_type: ServiceType | None
    campaign_car: CampaignCar | None = None

    @property
    def do_not_drive(self) -> bool:
        return self.campaign_car is not None and self.campaign_car.campaign.do_not_drive

    @property
    def is_booked(self) -> bool:
        return self.campaign_car is not None and self.campaign_car.state == CampaignCar.State.BOOKED


def due_for(vehicle: Vehicle, today: date) -> list[Due]:
    """Open recalls and campaigns first, then what falls due soon or is overdue. Three queries at most."""
    return all_due(vehicle, upkeep.upkeep_of(vehicle), today)


def all_due(vehicle: Vehicle, kept: Upkeep, today: date) -> list[Due]:
    """The same for a car whose noted dates are known."""
    return [_of_campaign(row) for row in open_campaigns([vehicle])] + due_of(kept, today)


def due_of(kept: Upkeep, today: date) -> list[Due]:
    """What follows from the noted dates and mileage; a query for the work, if anything is due."""
    found = [due for due in (_inspection(kept, today), _service(kept, today), _warranty(kept, today)) if due]
    if not any(due.kind in WORK for due in found):
        return found
    works = {
        each.code: each for each in ServiceType.objects.bookable_by_owners().filter(code__in=WORK.values())
    }
    return [due._replace(service_type=works.get(WORK.get(due.kind, ""))) for due in found]


def open_campaigns(vehicles: Iterable[Vehicle]) -> QuerySet[CampaignCar]:
    """What is published and not done yet for these cars; what forbids driving first, then recalls."""
    return (
        CampaignCar.objects.filter(
            vin__in=[vehicle.vin for vehicle in vehicles],
            campaign__published_at__isnull=False,
            campaign__closed_at__isnull=True,
        )
        .exclude(state=CampaignCar.State.DONE)
        .select_related("campaign__service_type", "appointment__centre")
        .order_by(F("campaign__do_not_drive").desc(), F("campaign__kind").desc(), "pk")
    )


def booking_url(*, vehicle_id: int, service_type: ServiceType | None) -> str:
    """A path: the booking pages, with car and work filled in."""
    asked = {"vehicle": vehicle_id, **({"service_type": service_type.pk} if service_type else {})}
    return f"{reverse('services:book')}?{urlencode(asked)}"


WORK = {"inspection": upkeep.GENERAL_INSPECTION, "service": upkeep.SERVICE}


def _of_campaign(row: CampaignCar) -> Due:
    campaign = row.campaign
    return Due(campaign.kind, campaign.title, None, None, campaign.do_not_drive, campaign.service_type, row)


def _inspection(kept: Upkeep, today: date) -> Due | None:
    month = kept.inspection_month
    if month is None or today < months_after(month, -INSPECTION_AHEAD_MONTHS):
        return None
    # Due until the month's last day (StVZO Anlage VIII no. 2.3).
    over = today >= months_after(month, 1)
    return Due("inspection", _("General inspection"), month, None, over, None)


def _service(kept: Upkeep, today: date) -> Due | None:
    on, km, driven = kept.service_due_on, kept.service_due_km, kept.mileage_km
    by_day = on is not None and today >= on - SERVICE_AHEAD
    by_km = km is not None and driven is not None and driven >= km - SERVICE_AHEAD_KM
    if not (by_day or by_km):
        return None
    over = (on is not None and today > on) or (km is not None and driven is not None and driven > km)
    return Due("service", _("Service by the maker's plan"), on, km, over, None)


def _warranty(kept: Upkeep, today: date) -> Due | None:
    until = kept.warranty_until
    if until is None or not until - WARRANTY_AHEAD <= today <= until:
        return None
    return Due("warranty", _("Warranty ends"), until, None, False, None)
