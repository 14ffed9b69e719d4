"""What the account itself asks people to allow."""

from django.utils.translation import gettext_lazy as _

from accounts.consents import consents

register = consents.register_purpose

register(
    consents.MARKETING_MAIL,
    label=_("News and offers by e-mail"),
    area=_("News and offers"),
    icon="mail",
    place=10,
)
register(
    consents.ANALYTICS,
    label=_("Improving the portal"),
    area=_("News and offers"),
    icon="gauge",
    place=20,
)
register(
    consents.EMPLOYER_TRIPS,
    label=_("Trips for my employer"),
    area=_("Location"),
    icon="building-2",
    place=50,
)
register(
    "partner_sharing",
    label=_("Data for partner services"),
    area=_("Sharing data"),
    icon="link",
    place=60,
)
register(
    "insurer_sharing",
    label=_("Driving data for my insurer"),
    area=_("Sharing data"),
    icon="shield-check",
    place=70,
)
