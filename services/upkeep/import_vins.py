"""Importing the cars of a campaign by their VINs."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.house.import_files import Column, Row
from accounts.house.imports import Importer, RowError
from accounts.models import User
from services.models import Campaign, CampaignCar
from services.upkeep import campaigns
from vehicles.errors import VinInvalid
from vehicles.vin import parse_vin


def check(rows: Sequence[Row], now: datetime) -> list[RowError]:
    known = _campaigns(rows)
    vins = [_vin(row) for row in rows]
    there = set(
        CampaignCar.objects.filter(campaign__in=known.values(), vin__in=vins).values_list(
            "campaign_id", "vin"
        )
    )
    errors = []
    for row, vin in zip(rows, vins, strict=True):
        campaign = known.get(_code(row))
        if campaign is None:
            text = _("There is no campaign “%(code)s”.") % {"code": _code(row)[:20]}
            errors.append(RowError(row.line, "campaign", text))
        elif campaign.closed_at is not None:
            errors.append(RowError(row.line, "campaign", _("This campaign is closed.")))
        try:
            parse_vin(row.values["vin"])
        except VinInvalid as error:
            errors.append(RowError(row.line, "vin", str(error)))
        else:
            if campaign is not None and (campaign.pk, vin) in there:
                errors.append(RowError(row.line, "vin", _("This car is in the campaign already.")))
    return errors


def write(rows: Sequence[Row], by: User, now: datetime) -> None:
    known = _campaigns(rows)
    CampaignCar.objects.bulk_create(
        (CampaignCar(campaign=known[_code(row)], vin=parse_vin(row.values["vin"])) for row in rows),
        ignore_conflicts=True,  # another file brought it meanwhile
    )


def _campaigns(rows: Sequence[Row]) -> dict[str, Campaign]:
    return {each.code: each for each in Campaign.objects.filter(code__in={_code(row) for row in rows})}


def _code(row: Row) -> str:
    return row.values.get("campaign", "").strip().upper()


def _vin(row: Row) -> str:
    return "".join(row.values.get("vin", "").upper().replace("-", "").split())


IMPORTER = Importer(
    name="campaign-cars",
    label=gettext_lazy("Cars of a recall or campaign"),
    text=gettext_lazy("By their vehicle identification numbers; also cars that we do not know yet."),
    columns=(
        Column(
            "campaign", gettext_lazy("Campaign"), "N5-2026-03", required=True, hint=gettext_lazy("Its code")
        ),
        Column("vin", gettext_lazy("Vehicle identification number"), "WNL5AB2C4TH000042", required=True),
    ),
    check=check,
    write=write,
    key=lambda row: ("vin", f"{_code(row)} {_vin(row)}"),
    order=40,
    permission=campaigns.PUBLISH,
)
