"""What can happen to an account."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("accounts.signed_up", label=_("Account created"))
register_kind("accounts.email_changed", label=_("E-mail address changed"))
register_kind("accounts.password_changed", label=_("Password changed"))
register_kind("accounts.second_factor_changed", label=_("Second step of sign-in changed"), data=("change",))
register_kind("accounts.profile_changed", label=_("Profile changed"), data=("fields",))
register_kind("accounts.address_changed", label=_("Address changed"), data=("purpose",))
register_kind("accounts.role_granted", label=_("Role granted"), data=("role", "scope_kind", "scope_id"))
register_kind("accounts.role_ended", label=_("Role ended"), data=("role", "scope_kind", "scope_id"))
register_kind("accounts.sessions_ended", label=_("Signed out everywhere"), data=("count",))
