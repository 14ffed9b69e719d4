"""Lists of a campaign's cars to take home: for the authority, and for letters to owners not reached."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import StringIO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Address, User
from common import civil
from common.errors import NotAllowed
from journal import log
from services.models import Campaign, CampaignCar
from services.upkeep import campaigns
from vehicles.models import Ownership, Vehicle

BATCH = 2_000


def export_cars(*, by: User, campaign: Campaign, state: str, now: datetime) -> str:
    """CSV of the cars in a state (all: ""), with the owner's address for those not reached.

    Who takes names home is in the journal, with how many lines. Raises NotAllowed.
    """
    if not by.has_permission(campaigns.PUBLISH):
        raise NotAllowed(_("Only product managers and administrators take this list home."))
    cars = list(campaigns.cars_of(campaign, state=state))
    with_people = state == CampaignCar.State.UNREACHED
    head = [_("VIN"), _("State"), _("Owner told on"), _("Done on"), _("Number plate"), _("Model")]
    if with_people:
        head += [_("Name"), _("Street"), _("Postcode"), _("Town"), _("Country")]
    out = StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(head)
    for start in range(0, len(cars), BATCH):
        table.writerows(_lines(cars[start : start + BATCH], with_people=with_people, now=now))
    with transaction.atomic():
        log.record(
            "services.campaign_exported",
            by=by,
            subject=campaign,
            data={"code": campaign.code, "state": state, "rows": len(cars)},
            at=now,
        )
    return "\ufeff" + out.getvalue()


def _lines(cars: Sequence[CampaignCar], *, with_people: bool, now: datetime) -> Iterator[list[str]]:
    known = {
        each.vin: each
        for each in Vehicle.objects.filter(vin__in=[car.vin for car in cars]).select_related("model")
    }
    people = _addresses(list(known.values()), now) if with_people else {}
    for car in cars:
        vehicle = known.get(car.vin)
        line = [car.vin, str(car.get_state_display()), _day(car.told_at), _day(car.done_at)]
        line += [vehicle.plate, vehicle.model.name] if vehicle else ["", ""]
        if with_people:
            line += people.get(vehicle.pk, [""] * 5) if vehicle else [""] * 5
        yield [_plain(cell) for cell in line]


def _addresses(vehicles: Sequence[Vehicle], now: datetime) -> dict[int, list[str]]:
    """Vehicle id → name and address of whoever owns it now. Three queries."""
    owned = list(
        Ownership.objects.filter(vehicle__in=vehicles, period__contains=now).select_related(
            "user", "organisation"
        )
    )
    users = {row.user_id for row in owned if row.user_id}
    firms = {row.organisation_id for row in owned if row.organisation_id}
    homes: dict[tuple[str, int | None], Address] = {}
    # "home" comes before "invoice" in the alphabet, and is written last: it wins.
    for each in Address.objects.filter(user__in=users).order_by("-purpose"):
        homes["user", each.user_id] = each
    for each in Address.objects.filter(organisation__in=firms).order_by("-purpose"):
        homes["firm", each.organisation_id] = each
    found = {}
    for row in owned:
        key = ("user", row.user_id) if row.user_id else ("firm", row.organisation_id)
        keeper = row.user.display_name if row.user else row.organisation.name if row.organisation else ""
        home = homes.get(key)
        found[row.vehicle_id] = [
            home.recipient or keeper if home else keeper,
            *((home.street, home.postcode, home.town, home.country) if home else [""] * 4),
        ]
    return found


def _day(moment: datetime | None) -> str:
    return civil.local_date(moment).isoformat() if moment else ""


def _plain(cell: str) -> str:
    """A cell that begins like a formula would be run by a spreadsheet."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell
