"""Reports of use as they come in, brought to one form: so much of a unit, at an instant, by whom.

Four forms are understood: a plain ``reading``; a ``cdr`` of OCPI 2.2.1 (charge detail record); a
``swap`` (one swap, and the kWh that the new battery holds beyond the one handed in); a ``rental`` of
a shared car (minutes and kilometres).
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from subscriptions.models import UNITS

LONGEST_ID = 80
MOST = Decimal(1_000_000)  # of a unit in one report: more is a fault of the source
CLOCK_SKEW = timedelta(minutes=5)  # a source's clock may be that much ahead
OLDEST = timedelta(days=400)  # what is reported later nobody can be asked to pay for
_THOUSANDTH = Decimal("0.001")


class Reading(NamedTuple):
    """``quantity`` has three decimals; ``used_at`` is UTC; exactly one of ``contract`` (its number)
    and ``vin`` is set, or neither in a correction (``corrects``: the id it corrects)."""

    external_id: str
    unit: str
    quantity: Decimal
    used_at: datetime
    contract: str
    vin: str
    corrects: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content: the same id with another one is refused."""
        content = "\n".join(
            (self.unit, str(self.quantity), self.used_at.isoformat(), self.contract, self.vin, self.corrects)
        )
        return hashlib.sha256(content.encode()).hexdigest()


class Refused(Exception):
    """Why one report can't be taken: a stable code, the field, and words."""

    def __init__(self, code: str, field: str, detail: str) -> None:
        super().__init__(code)
        self.code, self.field, self.detail = code, field, detail


def read(report: Any, *, now: datetime) -> list[Reading]:
    """The readings of one report (a swap and a rental hold two). Raises Refused; never half of it."""
    if not isinstance(report, dict):
        raise Refused("invalid", "", _("A report is an object."))
    form = report.get("form", "reading")
    if form not in _FORMS:
        raise Refused("unknown_form", "form", _("Known forms are reading, cdr, swap and rental."))
    return list(_FORMS[form](report, now))


def _plain(report: dict[str, Any], now: datetime) -> Iterator[Reading]:
    corrects = _text(report, "corrects", needed=False)
    unit = _text(report, "unit", needed=not corrects)
    if unit and unit not in UNITS:
        raise Refused("unknown_unit", "unit", _("Known units are %(units)s.") % {"units": ", ".join(UNITS)})
    yield Reading(
        _text(report, "id"),
        unit,
        _quantity(report, "quantity"),
        _instant(report, "used_at", now),
        *(("", "") if corrects else _whose(report)),
        corrects,
    )


def _cdr(report: dict[str, Any], now: datetime) -> Iterator[Reading]:
    """OCPI 2.2.1, 10.3: ``total_energy`` in kWh; the token names the contract."""
    token = report.get("cdr_token")
    contract = _text(token, "contract_id", "cdr_token") if isinstance(token, dict) else ""
    if not contract:
        raise Refused("no_contract", "cdr_token", _("The token names no contract."))
    yield Reading(
        _text(report, "id"),
        "kwh",
        _quantity(report, "total_energy"),
        _instant(report, "end_date_time", now),
        contract,
        "",
        "",
    )


def _swap(report: dict[str, Any], now: datetime) -> Iterator[Reading]:
    number, at, whose = _text(report, "id", room=5), _instant(report, "used_at", now), _whose(report)
    yield Reading(f"{number}:swap", "swap", Decimal("1.000"), at, *whose, "")
    gained = _quantity(report, "energy_out_kwh") - _quantity(report, "energy_in_kwh")
    # Who hands in more than they get is owed nothing for it: the swap stays free of energy.
    yield Reading(f"{number}:kwh", "kwh_difference", max(gained, Decimal("0.000")), at, *whose, "")


def _rental(report: dict[str, Any], now: datetime) -> Iterator[Reading]:
    number, at, whose = _text(report, "id", room=4), _instant(report, "used_at", now), _whose(report)
    yield Reading(f"{number}:min", "minutes", _quantity(report, "minutes"), at, *whose, "")
    yield Reading(f"{number}:km", "km", _quantity(report, "km"), at, *whose, "")


_FORMS = {"reading": _plain, "cdr": _cdr, "swap": _swap, "rental": _rental}


def _text(report: dict[str, Any], field: str, shown: str = "", *, needed: bool = True, room: int = 0) -> str:
    value = report.get(field, "")
    if not isinstance(value, str) or len(value) > LONGEST_ID - room or not value.isprintable():
        raise Refused(
            "invalid", shown or field, _("A text of at most %(n)s characters.") % {"n": LONGEST_ID - room}
        )
    if needed and not value:
        raise Refused("required", shown or field, _("This field is required."))
    return value


def _whose(report: dict[str, Any]) -> tuple[str, str]:
    contract, vin = _text(report, "contract", needed=False), _text(report, "vin", needed=False)
    if bool(contract) == bool(vin):
        raise Refused("no_contract", "contract", _("Name either the contract or the car's VIN."))
    return contract.upper(), vin.upper()


def _quantity(report: dict[str, Any], field: str) -> Decimal:
    """Zero up to a million, rounded to a thousandth; NaN and infinity are no quantities."""
    value = report.get(field)
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 30:
            raise InvalidOperation
        number = Decimal(str(value))
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise Refused("not_a_number", field, _("A number, such as 12.345.")) from None
    if not 0 <= number <= MOST:
        raise Refused("out_of_range", field, _("Between 0 and %(most)s.") % {"most": MOST})
    return number.quantize(_THOUSANDTH)


def _instant(report: dict[str, Any], field: str, now: datetime) -> datetime:
    value = report.get(field)
    try:
        moment = parse_datetime(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused("invalid", field, _("A time with its zone, such as 2026-11-24T08:00:00Z."))
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise Refused("invalid", field, _("This time can't be stored.")) from None
    if moment > now + CLOCK_SKEW:
        raise Refused("in_the_future", field, _("This time is still to come."))
    if moment < now - OLDEST:
        raise Refused("too_old", field, _("Older than %(days)s days.") % {"days": OLDEST.days})
    return moment
