"""Opening time of the desk: what "4 opening hours" and "2 working days" mean on the clock.

The days and hours that the house has set (accounts/house/desk_hours.py), on Berlin's clock; never on
a public holiday of all of Germany (source: the ``holidays`` library, ISO 3166-1:DE).
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

from accounts.house import brand
from common import civil


@lru_cache(maxsize=8)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", years=year))


def is_working_day(day: date) -> bool:
    """The desk opens on this weekday, and it is no public holiday of all of Germany."""
    return day.isoweekday() in brand.snapshot().desk.days and day not in _public_holidays(day.year)


def next_working_day(day: date) -> date:
    """The first working day after ``day``."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def next_opening(moment: datetime) -> datetime:
    """``moment`` itself while the desk is open, otherwise when it opens next (UTC)."""
    day = civil.local_date(moment)
    if is_working_day(day):
        opens, closes = _hours(day)
        if moment < closes:
            return max(moment, opens)
    return _hours(next_working_day(day))[0]


def after(start: datetime, promise: timedelta) -> datetime:
    """When ``promise`` has passed since ``start`` (UTC).

    Its whole days are working days to the same time of day, the rest is opening time:
    ``timedelta(days=2)`` from Friday 10 a.m. is Tuesday 10 a.m., ``timedelta(hours=4)`` from
    Friday 4 p.m. is Monday 10 a.m.
    """
    moment = next_opening(start)
    for _day in range(promise.days):
        local = moment.astimezone(civil.BERLIN)
        moment = civil.instant(next_working_day(local.date()), local.time())
    return _after_open_time(moment, timedelta(seconds=promise.seconds))


def between(start: datetime, end: datetime) -> timedelta:
    """Opening time in ``[start, end)``; nothing when the end lies before the start."""
    total = timedelta()
    moment = next_opening(start)
    while moment < end:
        closes = _hours(civil.local_date(moment))[1]
        total += min(closes, end) - moment
        moment = next_opening(closes)
    return total


def after_open_time(start: datetime, left: timedelta) -> datetime:
    """When so much opening time has passed since ``start`` (UTC); the inverse of ``between``."""
    return _after_open_time(next_opening(start), left)


def _after_open_time(moment: datetime, left: timedelta) -> datetime:
    while True:
        closes = _hours(civil.local_date(moment))[1]
        if left <= closes - moment:
            return moment + left
        left -= closes - moment
        moment = next_opening(closes)


def _hours(day: date) -> tuple[datetime, datetime]:
    desk = brand.snapshot().desk
    return civil.instant(day, desk.opens), civil.instant(day, desk.closes)
