"""What can happen to campaigns, dates of cars, reminders and calendars."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

_CAMPAIGN = ("code",)
_CAR = ("campaign", "vehicle")

register_kind("services.campaign_created", label=_("Campaign created"), data=_CAMPAIGN)
register_kind("services.campaign_changed", label=_("Campaign changed"), data=(*_CAMPAIGN, "fields"))
register_kind("services.campaign_published", label=_("Campaign published"), data=_CAMPAIGN)
register_kind("services.campaign_closed", label=_("Campaign closed"), data=_CAMPAIGN)
register_kind(
    "services.campaign_exported", label=_("List of a campaign taken home"), data=(*_CAMPAIGN, "state", "rows")
)
register_kind("services.campaign_told", label=_("Owner told of a campaign"), data=_CAR)
register_kind(
    "services.campaign_car_changed",
    label=_("Car of a campaign: new state"),
    data=("campaign", "state", "day", "appointment"),
)
register_kind("services.upkeep_changed", label=_("Dates of a car changed"), data=("vehicle", "fields"))
register_kind(
    "services.upkeep_due", label=_("Owner reminded of what is due"), data=("vehicle", "what", "due")
)

# ``starts_at``: the time that the reminder is about; another one asks for another reminder.
register_kind(
    "services.visit_reminded",
    label=_("Reminder of a visit"),
    data=("centre", "service_type", "code", "version", "starts_at"),
)
register_kind("services.calendar_opened", label=_("Calendar address made"))
register_kind("services.calendar_renewed", label=_("Calendar address renewed"), data=("serial",))
register_kind("services.calendar_closed", label=_("Calendar address ended"))
