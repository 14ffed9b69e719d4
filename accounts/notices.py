"""What we tell a person about their account."""

from django.utils.translation import gettext_lazy as _

from accounts.inbox import register_notice
from accounts.permissions import Role

register_notice(
    "accounts.welcome",
    title=_("Welcome"),
    text=_("Your account is ready. Add your car to see everything about it in one place."),
)
register_notice(
    "accounts.role_granted",
    title=_("You have a new role"),
    text=_("You are now: %(role)s."),
    mail=True,
    shape=lambda params: {"role": Role(params["role"]).label},
)
