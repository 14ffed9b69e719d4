"""A partner has signed somebody out and asks whether they leave here as well.

OpenID Connect RP-Initiated Logout 1.0, by allauth; addresses to go back to are registered.
"""

from typing import Any

from allauth.idp.oidc.forms import RPInitiatedLogoutForm
from allauth.idp.oidc.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Partner
from accounts.partners import partners


class SignOutForm(RPInitiatedLogoutForm):
    """Addresses are compared letter by letter: allauth lets a longer query pass."""

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        if cleaned and cleaned.get("post_logout_redirect_uri"):
            known = cleaned["client"].get_post_logout_redirect_uris()
            if cleaned["post_logout_redirect_uri"] not in known:
                self.add_error("post_logout_redirect_uri", "unknown")
        return cleaned


class SignOut(LogoutView):
    """The tokens of this sign-in end in any case; whether the brand account stays signed in, the
    person says. The service stays connected."""

    form_class = SignOutForm
    template_name = "idp/oidc/logout.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "csrfmiddlewaretoken" not in request.POST:
            # From the partner's own page: browsers send no cookies with such a form, so we can't
            # see who it is. They do when the person then comes by themselves.
            query = request.POST.urlencode()
            return redirect(f"{request.path}?{query}")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: RPInitiatedLogoutForm) -> HttpResponse:
        return self._onward(super().form_valid(form), form)

    def form_invalid(self, form: RPInitiatedLogoutForm) -> HttpResponse:
        return render(self.request, "idp/oidc/error.html", {"problem": "unknown_address"}, status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=_partner_of(kwargs["form"]), **kwargs)

    def _onward(self, answer: HttpResponse, form: RPInitiatedLogoutForm) -> HttpResponse:
        """A page instead of a redirect to another house, which our policy holds back (form-action)."""
        partner = _partner_of(form)
        if answer.status_code != 302 or partner is None or not form.cleaned_data["post_logout_redirect_uri"]:
            return answer
        context = {"url": answer["Location"], "name": partner.name}
        return render(self.request, "idp/oidc/onward.html", context)


def _partner_of(form: RPInitiatedLogoutForm) -> Partner | None:
    client = form.cleaned_data.get("client")
    return partners.partner_of(client.pk) if client else None
