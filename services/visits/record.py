"""The service record of a car as a paper: what was done when, at which mileage, and what is due next."""

from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from common import brand, civil
from common.money import NBSP
from documents import blocks, papers, sealing
from services.models import CheckResult, Upkeep
from services.upkeep import upkeep
from services.visits import history
from services.visits.history import Entry
from vehicles.models import Vehicle


def make_record(*, vehicle: Vehicle, language: str, now: datetime) -> bytes:
    """PDF/A, sealed over the whole file where the house has a certificate (PAdES).

    It goes with the car, so it names neither people nor prices; without a seal it is, at one ``now``,
    always the same.
    """
    with translation.override(language):
        entries = history.read_entries(list(history.done_to(vehicle)))
        values = {
            "title": _("Service record"),
            "lead": _("Kept by %(brand)s. Status of %(day)s.")
            % {"brand": brand.current()["name"], "day": _day(civil.local_date(now))},
            "blocks": [
                blocks.facts(_car(vehicle)),
                blocks.heading(_("Work done")),
                *_work(entries),
                *_findings(entries),
                blocks.heading(_("Due next")),
                blocks.facts(_due(upkeep.upkeep_of(vehicle))),
            ],
        }
        paper = papers.set_paper(values=values, language=language, now=now)
        return sealing.seal(paper, reason=str(values["title"]))


def _car(vehicle: Vehicle) -> list[tuple[str, str]]:
    rows = [(_("Vehicle"), vehicle.model.name), (_("VIN"), vehicle.vin)]
    if vehicle.plate:
        rows.append((_("Number plate"), vehicle.plate))
    if vehicle.first_registered:
        rows.append((_("First registered"), _day(vehicle.first_registered)))
    return rows


def _work(entries: list[Entry]) -> list[blocks.Block]:
    if not entries:
        return [blocks.text(_("Nothing was done at our centres yet."))]
    head = [_("Day"), _("Mileage"), _("Work"), _("Centre")]
    rows = [
        [
            _day(civil.local_date(entry.visit.starts_at, entry.visit.centre.zone)),
            _km(entry.mileage_km),
            ", ".join(entry.works),
            entry.visit.centre.name,
        ]
        for entry in entries
    ]
    return [blocks.table(head, rows, right=[1])]


def _findings(entries: list[Entry]) -> list[blocks.Block]:
    rows = [
        [_day(civil.local_date(entry.visit.starts_at, entry.visit.centre.zone)), *_point(result)]
        for entry in entries
        for result in [*entry.bad, *entry.watch]
    ]
    if not rows:
        return []
    return [
        blocks.heading(_("Noted at checks")),
        blocks.table([_("Day"), _("Point"), _("Result")], rows),
    ]


def _point(result: CheckResult) -> list[str]:
    measured = ""
    if result.value is not None:
        measured = f"{number_format(result.value.normalize())}{NBSP}{result.item.unit}, "
    return [result.item.text, f"{measured}{result.get_verdict_display()}"]


def _due(kept: Upkeep) -> list[tuple[str, str]]:
    month = kept.inspection_month
    service = [_day(kept.service_due_on)] if kept.service_due_on else []
    if kept.service_due_km is not None:
        service.append(_km(kept.service_due_km))
    return [
        (_("General inspection"), date_format(month, "F Y") if month else "–"),
        (_("Service"), " / ".join(service) or "–"),
        (_("Warranty until"), _day(kept.warranty_until) if kept.warranty_until else "–"),
    ]


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if translation.get_language() == "de" else f"{day:%d %b %Y}"


def _km(km: int | None) -> str:
    return "–" if km is None else f"{number_format(km, force_grouping=True)}{NBSP}km"
