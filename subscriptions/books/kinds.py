"""What can happen to the books."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("subscriptions.month_closed", label=_("Month closed"), data=("month",))
register_kind("subscriptions.account_mapped", label=_("DATEV account changed"), data=("code",))
