"""When a person may be disturbed: quiet hours and the hour of collected mails, in their own zone.

Clocks that go back repeat an hour, which stays quiet both times; clocks that go forward skip one,
and what would begin or end in it does so where the clocks jump.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import NoticeTimes

DIGEST_CLOCK = time(7, 0)
MONDAY = 0
MINUTE = timedelta(minutes=1)


def quiet_until(moment: datetime, *, times: NoticeTimes | None, zone: ZoneInfo) -> datetime | None:
    """The UTC instant at which the quiet hours around ``moment`` end; None outside of them."""
    if times is None or times.quiet_from is None or times.quiet_until is None:
        return None
    today = moment.astimezone(zone).date()
    over_midnight = times.quiet_until <= times.quiet_from
    for day in (today - timedelta(days=1), today):
        begins = clock_instant(day, times.quiet_from, zone)
        ends = clock_instant(day + timedelta(days=over_midnight), times.quiet_until, zone, later=True)
        if begins <= moment < ends:
            return ends
    return None


def last_digest_at(now: datetime, *, times: NoticeTimes | None, zone: ZoneInfo) -> datetime:
    """Up to which instant (UTC) what was told belongs into a collected mail by ``now``.

    Seven in the morning of each day, or of Mondays; where that is quiet, the end of the quiet
    hours. ``now`` itself for somebody who wants each mail at once.
    """
    if times is None or times.digest == NoticeTimes.Digest.AT_ONCE:
        return now
    day = now.astimezone(zone).date()
    while True:
        if times.digest == NoticeTimes.Digest.DAILY or day.weekday() == MONDAY:
            due = clock_instant(day, DIGEST_CLOCK, zone)
            due = quiet_until(due, times=times, zone=zone) or due
            if due <= now:
                return due
        day -= timedelta(days=1)


def clock_instant(day: date, clock: time, zone: ZoneInfo, *, later: bool = False) -> datetime:
    """The UTC instant of a wall clock; ``later`` takes the second of two.

    A time that clocks skip stands for the instant at which they jump.
    """
    local = datetime.combine(day, clock, tzinfo=zone)
    moment = local.replace(fold=int(later)).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    moment = local.replace(fold=1).astimezone(UTC)  # before the jump
    before = moment.astimezone(zone).utcoffset()
    while moment.astimezone(zone).utcoffset() == before:
        moment += MINUTE
    return moment
