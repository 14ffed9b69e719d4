"""The back office's door: our own sign-in, and the permission that opens it."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from common.backoffice import ReadOnlyAdmin


class BackOffice(UnfoldAdminSite):
    """Django's admin, entered with the brand account (password, passkey and second step alike)."""

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_authenticated and user.has_permission("accounts.enter_back_office"))

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or request.get_full_path())


__all__ = ["BackOffice", "ReadOnlyAdmin"]
