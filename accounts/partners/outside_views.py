"""The way to another house's sign-in, and back."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.views import login
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views import View

from common.pages import Page


@method_decorator(login_not_required, name="dispatch")
class LeaveForOutside(View):
    """In place of allauth's view: a page instead of its redirect to the other house.

    The button stands in a form of ours, and browsers hold redirects after a form against
    that page's policy (CSP form-action), which knows only our own origin.
    """

    def get(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        return _allauth(request, provider_id)

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponse:
        answer = _allauth(request, provider_id)
        if answer.status_code != 302:
            return answer
        try:
            provider = get_adapter().get_provider(request, provider_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        return render(request, "idp/oidc/onward.html", {"url": answer["Location"], "name": provider.name})


class SignInAgain(Page):
    """For those who have nothing but another house's account to prove that it is them."""

    template_name = "account/sign_in_again.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Out, and in again; the sign-in page itself sees to it that ``next`` stays on this site."""
        onward = urlencode({REDIRECT_FIELD_NAME: request.GET.get(REDIRECT_FIELD_NAME, "")})
        logout(request)
        return redirect(f"{reverse('account_login')}?{onward}")


def _allauth(request: HttpRequest, provider_id: str) -> Any:
    return login(request, provider_id)
