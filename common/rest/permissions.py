"""Who may call an endpoint: the same named permissions as the pages."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common.rest.authentication import PartnerAccess

if TYPE_CHECKING:
    from rest_framework.views import APIView


class InsufficientScope(PermissionDenied):
    """A partner asks for more than it was allowed (RFC 6750, section 3.1)."""

    default_detail = _("This service was not allowed to do that.")
    default_code = "insufficient_scope"

    def __init__(self, needed: str = "") -> None:
        super().__init__()
        scope = f', scope="{needed}"' if needed else ""
        self.auth_header = f'Bearer realm="api", error="insufficient_scope"{scope}'


def scope_of(view: "APIView", method: str) -> str:
    """The scope that a partner needs for this action of a view; "" where partners have no entry."""
    scopes = getattr(view, "scopes", None) or {}
    if isinstance(scopes, str):
        return scopes
    return str(scopes.get(getattr(view, "action", None) or method.lower(), ""))


class HasNamedPermission(BasePermission):
    """Signed in, and holding the view's named permission where it names one.

    A view sets ``permission = "services.view_day"``, or a dict of action → name;
    ``public = True`` opens it to guests, in one visible place. A partner's access token
    reaches only what the view names in ``scopes``, be it public or not.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if isinstance(request.auth, PartnerAccess):
            needed = scope_of(view, str(request.method))
            if not needed or needed not in request.auth.scopes:
                raise InsufficientScope(needed)
        if getattr(view, "public", False):
            return True
        if not request.user.is_authenticated:
            return False
        name = getattr(view, "permission", None)
        if isinstance(name, dict):
            name = name.get(getattr(view, "action", None) or str(request.method).lower())
        return name is None or request.user.has_permission(name)
