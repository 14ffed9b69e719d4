"""When the desk is open: what "4 opening hours" and "2 working days" of a promise are counted in."""

from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from typing import Any

from django.utils.dateformat import time_format
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.models.house import DESK_CLOSES, DESK_EARLIEST, DESK_OPENS, WORKDAYS, Brand
from common.errors import Invalid

FIELDS = ("desk_days", "desk_opens", "desk_closes")


@dataclass(frozen=True)
class DeskHours:
    """Berlin's clock; ``days`` are ISO weekdays, 1 is Monday."""

    days: frozenset[int] = frozenset(WORKDAYS)
    opens: time = DESK_OPENS
    closes: time = DESK_CLOSES


def hours_of(row: Brand | None) -> DeskHours:
    """The hours of this house, or those that every house starts with."""
    return DeskHours(frozenset(row.desk_days), row.desk_opens, row.desk_closes) if row else DeskHours()


def require_open(row: Brand, changes: dict[str, Any]) -> None:
    """Raises Invalid where the desk would never open with these changes, or open while clocks change."""
    days, opens, closes = (changes.get(name, getattr(row, name)) for name in FIELDS)
    if not days:
        raise Invalid(
            _("Choose at least one day, or no promise could be kept."), code="no_day", field="desk_days"
        )
    if opens < DESK_EARLIEST:
        raise Invalid(_("The desk opens at 5 a.m. at the earliest."), code="too_early", field="desk_opens")
    if closes <= opens:
        raise Invalid(_("The desk must close after it has opened."), code="closes_first", field="desk_closes")


def in_words(desk: DeskHours) -> str:
    """ "Monday to Friday, 8 a.m. to 6 p.m." in the reader's language."""
    runs: list[list[int]] = [[min(desk.days)]]
    for before, day in pairwise(sorted(desk.days)):
        if day == before + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    days = ", ".join(_run_in_words(run) for run in runs)
    opens, closes = _clock(desk.opens), _clock(desk.closes)
    return gettext("%(days)s, %(opens)s to %(closes)s") % {"days": days, "opens": opens, "closes": closes}


def _run_in_words(days: list[int]) -> str:
    first, last = str(WEEKDAYS[days[0] - 1]), str(WEEKDAYS[days[-1] - 1])
    if first == last:
        return first
    return pgettext("weekdays", "%(first)s to %(last)s") % {"first": first, "last": last}


def _clock(moment: time) -> str:
    # Translators: full hours and others, as Django's date formats have them.
    return time_format(moment, pgettext("time format", "P") if moment.minute else pgettext("full hour", "P"))
