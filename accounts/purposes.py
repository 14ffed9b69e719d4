"""What the account itself asks people to allow; each names the function that asks before anything is done."""

from django.utils.translation import gettext_lazy as _

from accounts.consents import consents
from accounts.partners import partner_claims

register = consents.register_purpose

register(
    consents.MARKETING_MAIL,
    label=_("News and offers by e-mail"),
    area=_("News and offers"),
    icon="mail",
    place=10,
    asked_by="accounts.telling.notice_wishes.wanted_channels",
)
register(
    consents.EMPLOYER_TRIPS,
    label=_("Trips for my employer"),
    area=_("Location"),
    icon="building-2",
    place=50,
    asked_by="accounts.organisations.organisations.may_see_trips",
)
register(
    partner_claims.PURPOSE,
    label=_("Data for partner services"),
    area=_("Sharing data"),
    icon="link",
    place=60,
    asked_by="accounts.partners.partner_claims.shared_claims",
)
