"""Who may call an endpoint: the same named permissions as the pages."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasNamedPermission(BasePermission):
    """Signed in, and holding the view's named permission where it names one.

    A view sets ``permission = "services.view_day"``, or a dict of action → name;
    ``public = True`` opens it to guests, in one visible place.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if getattr(view, "public", False):
            return True
        if not request.user.is_authenticated:
            return False
        name = getattr(view, "permission", None)
        if isinstance(name, dict):
            name = name.get(getattr(view, "action", None) or str(request.method).lower())
        return name is None or request.user.has_permission(name)
