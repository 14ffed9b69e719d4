"""What the workshop may use a location for, if its person allows it."""

from django.utils.translation import gettext_lazy as _

from accounts.consents.consents import register_purpose

ROADSIDE_LOCATION = "roadside_location"

register_purpose(
    ROADSIDE_LOCATION,
    label=_("Location for roadside help"),
    area=_("Location"),
    icon="map-pin",
    place=30,
)
