"""Instants in words, for papers of the desk."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _


def moment(at: datetime, zone: ZoneInfo) -> str:
    """ "26. November 2026, 08:30" by the centre's clock, in the active language."""
    local = at.astimezone(zone)
    told = {"day": date_format(local, "DATE_FORMAT"), "clock": time_format(local, "H:i")}
    return _("%(day)s, %(clock)s") % told
