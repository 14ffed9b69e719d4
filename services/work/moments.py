"""When something was done: entries made without a network reach us later."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from common.errors import Invalid

CLOCKS_DIFFER = timedelta(minutes=5)  # of a phone and ours
OLDEST = timedelta(days=7)


def moment_of(*, at: datetime | None, now: datetime) -> datetime:
    """The instant (UTC) that an entry counts for: ``at`` as its maker's device says, by default ``now``.

    A clock that is a little ahead counts as now. Raises Invalid for an instant in the future or more
    than seven days ago.
    """
    if at is None:
        return now
    if at > now + CLOCKS_DIFFER:
        raise Invalid(
            _("This entry says it was made in the future. Please check the clock of your device."),
            code="in_future",
            field="at",
        )
    if at < now - OLDEST:
        raise Invalid(
            _("This entry is more than a week old. Please tell the front desk."), code="too_old", field="at"
        )
    return min(at, now)
