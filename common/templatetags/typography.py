"""Numbers, money, spans of time as people write them here: 1.100 km, 169,00 €, Do., 26. November."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import formats, timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.money import format_money
from common.writing import chosen_style, restyle

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800


def _german() -> bool:
    return (translation.get_language() or "de").startswith("de")


def _local(moment: date | datetime) -> date | datetime:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


@register.filter
def money(cents: int | None, currency: str = "EUR") -> str:
    """Integer cents: ``169,00 €``."""
    return "" if cents is None else format_money(int(cents), currency)


@register.filter
def money_whole(cents: int | None, currency: str = "EUR") -> str:
    """A price in whole euros, as for a car: ``42.990 €``; cents are shown when there are any."""
    if cents is None:
        return ""
    if cents % 100:
        return format_money(cents, currency)
    return format_money(cents, currency).replace(",00", "").replace(".00", "")


@register.filter
def number(value: int | float | Decimal | None, decimals: int = 0) -> str:
    """``1.240`` or ``16,8``."""
    if value is None:
        return ""
    written = formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)
    decimal, thousands = formats.get_format("DECIMAL_SEPARATOR"), formats.get_format("THOUSAND_SEPARATOR")
    return restyle(written, decimal=decimal, thousands=thousands)


@register.filter
def unit(value: int | float | Decimal | None, name: str) -> str:
    """``{{ 1100|unit:"km" }}`` → ``1.100 km``; decimals are kept as they come, without trailing zeros."""
    if value is None:
        return ""
    exact = Decimal(str(value)).normalize()
    exponent = exact.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return f"{number(exact, decimals)}{NBSP}{name}"


@register.filter
def day(moment: date | datetime | None) -> str:
    """``Do., 26. November`` (with the year when it is not this one)."""
    if moment is None:
        return ""
    local = _local(moment)
    same_year = local.year == timezone.localdate().year
    if _german():
        return format_date(local, f"D., j.{NBSP}F" if same_year else f"D., j.{NBSP}F Y")
    return format_date(local, f"D, j{NBSP}F" if same_year else f"D, j{NBSP}F Y")


@register.filter
def short_day(moment: date | datetime | None) -> str:
    """``24.11.2026``, in English ``24 Nov 2026``, or as the reader chose."""
    if moment is None:
        return ""
    if style := chosen_style():
        return format_date(_local(moment), style.day)
    return format_date(_local(moment), "d.m.Y" if _german() else f"j{NBSP}M{NBSP}Y")


@register.filter
def clock(moment: datetime | None) -> str:
    """``08:30`` in the reader's zone."""
    return "" if moment is None else format_date(timezone.localtime(moment), "H:i")


@register.filter
def weekday(moment: date | datetime | None) -> str:
    """``Do``."""
    return "" if moment is None else format_date(_local(moment), "D")


@register.filter
def month_short(moment: date | datetime | None) -> str:
    """``Nov``."""
    return "" if moment is None else format_date(_local(moment), "M").rstrip(".")


@register.filter
def day_number(moment: date | datetime | None) -> str:
    return "" if moment is None else str(_local(moment).day)


@register.simple_tag
def span(start: datetime, end: datetime) -> str:
    """``Do 08:30 – 09:15``, the wall clock of the reader's zone."""
    return f"{weekday(start)} {clock(start)}{NBSP}{EN_DASH}{NBSP}{clock(end)}"


@register.filter
def ago(moment: datetime | None) -> str:
    """``vor 12 Min.``, after a week the date."""
    if moment is None:
        return ""
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(count)s min ago") % {"count": seconds // MINUTE}
    if seconds < DAY:
        return _("%(count)s h ago") % {"count": seconds // HOUR}
    if seconds < WEEK:
        count = seconds // DAY
        return ngettext("%(count)s day ago", "%(count)s days ago", count) % {"count": count}
    return short_day(moment)


@register.filter
def initials(name: str | None) -> str:
    """``ML`` for “Mara Lund”."""
    parts = (name or "").split()
    if not parts:
        return "•"
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper()
