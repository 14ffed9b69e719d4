"""The offer as it is shown, ordered and kept: one text, one hash."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.house import brand as house
from accounts.models import LegalText, Organisation
from common import brand
from common.money import NBSP, format_money, net_of
from common.writing import written_as
from subscriptions.models import PlanVersion
from vehicles.models import Vehicle


@dataclass(frozen=True)
class Offer:
    """Essential terms (BGB §312j(2), EGBGB Art. 246a §1) as lines of label and value."""

    plan_version: PlanVersion
    vehicle: Vehicle | None
    starts_on: date
    language: str
    organisation: Organisation | None
    lines: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(f"{label}: {value}" for label, value in self.lines)

    @property
    def hash(self) -> str:
        """SHA-256 of the text with the version's id: the same words of another version differ."""
        return hashlib.sha256(f"{self.plan_version.pk}\n{self.text}".encode()).hexdigest()


def render_offer(
    *,
    plan_version: PlanVersion,
    vehicle: Vehicle | None,
    starts_on: date,
    language: str,
    organisation: Organisation | None = None,
) -> Offer:
    """The same input gives the same text: the order compares its hash with what was shown.

    An organisation sees net prices, and nothing of the rights of consumers.
    """
    with translation.override(language), written_as(""):
        lines = tuple(_lines(plan_version, vehicle, starts_on, organisation))
    return Offer(plan_version, vehicle, starts_on, language, organisation, lines)


def _lines(
    version: PlanVersion, vehicle: Vehicle | None, starts_on: date, organisation: Organisation | None
) -> list[tuple[str, str]]:
    shown = brand.current()
    german = (translation.get_language() or "").startswith("de")
    phone = shown["phone"].replace(" ", NBSP)
    lines = [(_("Subscription"), f"{version.plan.name} · {_('version')} {version.number}")]
    if organisation is not None:
        named = [organisation.name, organisation.vat_id]
        lines.append((_("Contract holder"), ", ".join(filter(None, named))))
    if vehicle is not None:
        lines.append((_("Vehicle"), f"{vehicle.model.name} · {vehicle.plate or vehicle.vin}"))
    for each in version.allowances:
        label = _("At a battery swap") if each["unit"] == "kwh_difference" else _("Included")
        lines.append((label, allowance_words(each)))
    lines += [
        (_("Price"), price_words(version, net=organisation is not None)),
        (_("Start"), format_date(starts_on, "d.m.Y" if german else f"j{NBSP}M{NBSP}Y")),
        (_("Term and notice"), term_words(version)),
        *([(_("Withdrawal"), withdrawal_words())] if organisation is None else []),
        *_terms_line(starts_on, german),
        (_("Provider"), f"{shown['legal_name']}, {shown['address']}, {shown['email']}, {phone}"),
    ]
    return lines


def _terms_line(day: date, german: bool) -> list[tuple[str, str]]:
    """Which terms are part of the contract; none while the house has none in force."""
    text = house.snapshot().in_force(day).get(LegalText.Kind.TERMS)
    if text is None:
        return []
    since = format_date(text.valid_from, "d.m.Y" if german else f"j{NBSP}M{NBSP}Y")
    words = _("Version %(number)d, in force from %(day)s") % {"number": text.version, "day": since}
    return [(str(LegalText.Kind.TERMS.label), words)]


def price_words(version: PlanVersion, *, net: bool = False) -> str:
    """What it costs: for consumers the total price (PAngV §3), else net, with the VAT beside it."""
    price = format_money(version.price_cents, version.currency)
    rate = f"{(version.vat_rate * 100).normalize():f}".rstrip(".")
    if net:
        without = net_of(version.price_cents, version.vat_rate)
        told = {
            "net": format_money(without, version.currency),
            "rate": rate,
            "vat": format_money(version.price_cents - without, version.currency),
        }
        if version.period_months == 12:
            return _("%(net)s a year plus %(rate)s%% VAT (%(vat)s)") % told
        return _("%(net)s a month plus %(rate)s%% VAT (%(vat)s)") % told
    if version.period_months == 12:
        return _("%(price)s a year, including %(rate)s%% VAT") % {"price": price, "rate": rate}
    return _("%(price)s a month, including %(rate)s%% VAT") % {"price": price, "rate": rate}


def term_words(version: PlanVersion) -> str:
    notice = (
        _("with one month's notice at any time")
        if version.notice_months
        else _("at any time, without notice")
    )
    if not version.term_months:
        return _("Runs for an indefinite time; can be cancelled %(notice)s.") % {"notice": notice}
    return ngettext(
        "At least %(months)s month, then for an indefinite time; can be cancelled after that %(notice)s.",
        "At least %(months)s months, then for an indefinite time; can be cancelled after that %(notice)s.",
        version.term_months,
    ) % {"months": version.term_months, "notice": notice}


def withdrawal_words() -> str:
    """The days used are owed only after an express wish (BGB §357a(2)), which the order asks for."""
    return _(
        "You can withdraw from this contract within 14 days of the order without giving reasons; "
        "a clear statement is enough, for example on the page “Withdraw from a contract”. "
        "We then refund within 14 days everything that you paid, less the days used if you expressly "
        "wished that we begin before."
    )


def allowance_words(allowance: dict[str, Any]) -> str:
    """``2 battery swaps a month, then 10,00 € each``."""
    included, unit = allowance["included"], allowance["unit"]
    units = {
        "swap": ngettext("%(n)s battery swap a month", "%(n)s battery swaps a month", included),
        "kwh": _("%(n)s kWh a month"),
        "minutes": _("%(n)s minutes a month"),
        "km": _("%(n)s km a month"),
        "rescue": ngettext("%(n)s rescue a year", "%(n)s rescues a year", included),
        "gb": _("%(n)s GB of data a month"),
    }
    if unit == "kwh_difference":
        return _("%(price)s for each kWh that the new battery holds beyond the one you hand in") % {
            "price": format_money(allowance["overage_cents"])
        }
    words = units[unit] % {"n": included}
    if allowance.get("overage_cents") is not None:
        price = format_money(allowance["overage_cents"])
        words = _("%(included)s, then %(price)s each") % {"included": words, "price": price}
    return words
