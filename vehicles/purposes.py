"""What a car's data may be used for, if its driver allows it."""

from django.utils.translation import gettext_lazy as _

from accounts.consents.consents import register_purpose

CHARGING_SUGGESTIONS = "charging_suggestions"

register_purpose(
    CHARGING_SUGGESTIONS,
    label=_("Location for charging suggestions"),
    area=_("Location"),
    icon="zap",
    place=40,
)
