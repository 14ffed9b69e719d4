"""What banks know: account numbers, and the days on which they move money."""

from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.utils.translation import gettext_lazy as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from common.errors import Invalid

SATURDAY = 5


def checked_iban(typed: str, *, field: str = "iban") -> IBAN:
    """The account number that was meant (blanks and case forgiven), checked by ISO 13616 and by country.

    Raises Invalid for a wrong one, or for one outside of SEPA.
    """
    try:
        iban = IBAN(typed)
    except SchwiftyException as error:
        raise Invalid(
            _("This IBAN can't be right. Please compare it with your bank card or statement."),
            code="iban_wrong",
            field=field,
        ) from error
    if not iban.in_sepa_zone:
        raise Invalid(
            _("This bank does not take part in SEPA. Please use an account in the SEPA area."),
            code="iban_outside_sepa",
            field=field,
        )
    return iban


def checked_bic(typed: str, *, field: str = "bic") -> str:
    """The BIC in one spelling, or an empty text for none. Raises Invalid (ISO 9362)."""
    if not typed.strip():
        return ""
    try:
        return str(BIC(typed))
    except SchwiftyException as error:
        raise Invalid(
            _("This BIC can't be right. It has 8 or 11 characters."), code="bic_wrong", field=field
        ) from error


def bic_of(iban: IBAN) -> str:
    """The bank's BIC where the registry knows it."""
    return str(iban.bic or "")


def masked(iban: str) -> str:
    """``DE•• … 3000``."""
    return f"{iban[:2]}•• … {iban[-4:]}" if iban else ""


@lru_cache(maxsize=16)
def _closed(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("ECB", years=year))


def is_target_day(day: date) -> bool:
    """Whether TARGET is open: no weekend, none of its six holidays."""
    return day.weekday() < SATURDAY and day not in _closed(day.year)


def target_day(day: date) -> date:
    """The day itself when TARGET is open, else the next on which it is."""
    while not is_target_day(day):
        day += timedelta(days=1)
    return day


def after_target_days(day: date, count: int) -> date:
    """``count`` days of TARGET after ``day``."""
    for _step in range(count):
        day = target_day(day + timedelta(days=1))
    return day
