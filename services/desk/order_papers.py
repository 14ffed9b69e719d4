"""The repair order as a paper: what is ordered, up to which price, and the car as it came.

A changed order makes a new paper; the one before stays, with its signature.
"""

from datetime import datetime

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.privacy import keeping
from common import civil
from common.money import NBSP, format_money
from documents import blocks, papers
from documents.models import Document
from services.desk import outlines
from services.desk.moments import moment
from services.models import Appointment, DamageMark, RepairOrder

PAPER = "services.repair_order"
KEPT_YEARS = 6  # letters of a trade: HGB §257(4), AO §147(3)


def make_paper(*, order: RepairOrder, by: User, now: datetime) -> Document:
    """The order as it stands, as PDF/A in the customer's language; theirs to read and to sign."""
    visit = order.appointment
    with translation.override(visit.booked_by.language):
        values = {
            "title": _("Repair order %(code)s") % {"code": visit.code},
            "lead": ", ".join(
                [visit.centre.name, visit.centre.street, f"{visit.centre.postcode} {visit.centre.town}"]
            ),
            "blocks": _blocks(order, visit),
        }
        name = _("Repair order %(code)s, version %(version)s") % {
            "code": visit.code,
            "version": order.version,
        }
    return papers.make_paper(
        kind=PAPER,
        values=values,
        name=name,
        owner=visit.booked_by,
        about=order,
        language=visit.booked_by.language,
        now=now,
        keep_until=keeping.end_of_year_after(civil.local_date(now), years=KEPT_YEARS),
        by=by,
    )


def _blocks(order: RepairOrder, visit: Appointment) -> list[blocks.Block]:
    found = [
        blocks.facts(_people_and_car(order, visit)),
        blocks.heading(_("What you order")),
        blocks.text(order.work),
        blocks.text(_limit(order.price_limit_cents)),
    ]
    if visit.promised_at:
        told = {"when": moment(visit.promised_at, visit.centre.zone)}
        found.append(blocks.text(_("Planned to be ready: %(when)s.") % told))
    found += [blocks.heading(_("The car as it came")), blocks.facts(_condition(order))]
    found += _damage(list(order.marks.all()))
    if order.remarks:
        found += [blocks.heading(_("Remarks")), blocks.text(order.remarks)]
    return found


def _people_and_car(order: RepairOrder, visit: Appointment) -> list[tuple[str, str]]:
    customer, vehicle = visit.booked_by, visit.vehicle
    rows = [(_("Customer"), customer.display_name or "–")]
    if customer.phone:
        rows.append((_("Phone"), customer.phone))
    if vehicle is None:
        rows.append((_("Vehicle"), visit.car_words or "–"))
    else:
        rows += [
            (_("Vehicle"), vehicle.model.name),
            (_("Number plate"), vehicle.plate or "–"),
            (_("VIN"), vehicle.vin),
        ]
    rows.append((_("Checked in"), moment(order.checked_in_at, visit.centre.zone)))
    rows.append((_("Received by"), order.checked_in_by.display_name))
    return rows


def _condition(order: RepairOrder) -> list[tuple[str, str]]:
    rows = [(_("Mileage"), f"{number_format(order.mileage_km, force_grouping=True)}{NBSP}km")]
    if order.charge_percent is not None:
        rows.append((_("Charge level"), f"{order.charge_percent}{NBSP}%"))
    key = str(order.get_key_display())
    rows.append((_("Key"), f"{key} ({order.key_place})" if order.key_place else key))
    return rows


def _limit(cents: int | None) -> str:
    if cents is None:
        return _("No price limit was agreed. Extra work is done only after you agreed to it.")
    told = {"amount": format_money(cents)}
    return _("Up to %(amount)s including VAT. Beyond that we ask you before we go on.") % told


def _damage(marks: list[DamageMark]) -> list[blocks.Block]:
    if not marks:
        return [blocks.text(_("No damage was noted."))]
    head = [_("No."), _("Where"), _("Damage")]
    rows = [
        [str(number), f"{mark.get_view_display()}, {outlines.spot_words(mark.x, mark.y)}", mark.text]
        for number, mark in enumerate(marks, 1)
    ]
    seen = [
        blocks.drawing(
            outlines.drawing(view, [(n, m.x, m.y) for n, m in enumerate(marks, 1) if m.view == view]),
            alt=pgettext("outline of the car", "Outline, %(view)s, with the marks of the table below")
            % {"view": DamageMark.View(view).label},
        )
        for view in DamageMark.View.values
        if any(mark.view == view for mark in marks)
    ]
    return [*seen, blocks.table(head, rows)]
