"""Civil time: calendar days and wall clocks, and the instants they stand for.

Instants are aware datetimes (UTC in the database); a civil day belongs to a zone.
Both days of a change of clocks are one day long here, of 23 and 25 hours.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


class NonexistentTime(ValueError):
    """A wall-clock time that the change to summer time skips."""


def local_date(moment: datetime, zone: ZoneInfo = BERLIN) -> date:
    """The calendar day in ``zone`` on which an aware ``moment`` falls."""
    return moment.astimezone(zone).date()


def instant(day: date, clock: time, zone: ZoneInfo = BERLIN) -> datetime:
    """The UTC instant of a wall-clock time; the earlier of two when clocks go back.

    Raises NonexistentTime for a time that clocks skip (02:30 on the last Sunday of March).
    """
    local = datetime.combine(day, clock, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NonexistentTime(f"{day} {clock} does not exist in {zone.key}")
    return moment


def day_span(day: date, zone: ZoneInfo = BERLIN) -> tuple[datetime, datetime]:
    """The instants at which a civil day begins and the next one begins: ``[start, end)``."""
    start = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    return start, end


def days(first: date, count: int) -> Iterator[date]:
    """``count`` consecutive calendar days from ``first``."""
    return (first + timedelta(days=n) for n in range(count))
