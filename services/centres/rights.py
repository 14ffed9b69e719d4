"""Who sets up the workshop."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotAllowed


def require_right(by: User) -> None:
    """Raises NotAllowed without services.set_up."""
    if not by.has_permission("services.set_up"):
        raise NotAllowed(_("Only administrators set up centres."))
