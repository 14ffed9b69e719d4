"""The agreement about a loan car or a test drive, as a paper to sign."""

from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.privacy import keeping
from common import civil
from common.money import NBSP
from documents import blocks, papers
from documents.models import Document
from services.desk.moments import moment
from services.models import LoanHandover, Resource

PAPER = "services.loan_agreement"
KEPT_YEARS = 6  # letters of a trade: HGB §257(4), AO §147(3)


def make_paper(*, handover: LoanHandover, by: User, now: datetime) -> Document:
    """In the customer's language: which car, in which state, until when, and what the driver promises."""
    visit = handover.appointment
    language = visit.booked_by.language
    with translation.override(language):
        is_loan = handover.car.kind == Resource.Kind.LOAN_CAR
        title = _("Loan car agreement") if is_loan else _("Test drive agreement")
        values = {
            "title": title,
            "lead": _("Visit %(code)s, %(centre)s") % {"code": visit.code, "centre": visit.centre.name},
            "blocks": _blocks(handover),
        }
        name = f"{title} {visit.code}"
    return papers.make_paper(
        kind=PAPER,
        values=values,
        name=name,
        owner=visit.booked_by,
        about=handover,
        language=language,
        now=now,
        keep_until=keeping.end_of_year_after(civil.local_date(now), years=KEPT_YEARS),
        by=by,
    )


def _blocks(handover: LoanHandover) -> list[blocks.Block]:
    zone, car = handover.appointment.centre.zone, handover.car
    licence = _("class %(name)s") % {"name": handover.licence_class}
    if handover.licence_expires:
        until = date_format(handover.licence_expires, "SHORT_DATE_FORMAT")
        licence = _("%(licence)s, valid until %(day)s") % {"licence": licence, "day": until}
    found = [
        blocks.heading(_("The car")),
        blocks.facts(
            [
                (_("Vehicle"), car.car_model.name if car.car_model else car.name),
                (_("Number plate"), car.plate or "–"),
                (
                    _("Mileage at hand-over"),
                    f"{number_format(handover.mileage_out_km, force_grouping=True)}{NBSP}km",
                ),
                (_("Charge at hand-over"), f"{handover.charge_out_percent}{NBSP}%"),
                (_("Handed over"), moment(handover.handed_at, zone)),
                (_("Due back"), moment(handover.due_at, zone)),
            ]
        ),
        blocks.heading(_("The driver")),
        blocks.facts(
            [
                (_("Name"), handover.driver_name),
                (_("Driving licence"), licence),
                (_("Original seen by"), handover.licence_seen_by.display_name),
            ]
        ),
        blocks.heading(_("What we agree")),
        *[blocks.text(line) for line in terms()],
    ]
    if handover.remarks:
        found += [blocks.heading(_("Remarks")), blocks.text(handover.remarks)]
    return found


def terms() -> list[str]:
    """What the driver promises, in the active language."""
    return [
        _("Only the driver named here drives the car, with a licence that is valid all the time."),
        _("The driver has seen the car and takes it over in the state written down here."),
        _("The car comes back at the time above. Who needs it longer calls us before."),
        _("Accidents and damage are reported to us at once; after an accident the police is called."),
        _("Fines and charges for parking and roads that fall due meanwhile are the driver's."),
    ]
