"""The brand account as an OpenID provider: allauth's endpoints, narrower where its protocol is lenient.

Only the authorization code with PKCE (S256), and redirect addresses compared letter by letter
(RFC 9700). Tokens are in identity_token_views.py, signing out in identity_logout_views.py.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.forms import AuthorizationForm
from allauth.idp.oidc.models import Client
from allauth.idp.oidc.views import AuthorizationView, UserInfoView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from accounts.models import Partner
from accounts.partners import connections, partners
from accounts.partners.identity_token_views import CODE, REFRESH
from accounts.partners.partner_scopes import SCOPES, known_scopes
from common.csp import HEADER, policy_for
from common.errors import DomainError
from common.rest.authentication import bearer_token


@method_decorator(login_not_required, name="dispatch")
class Discovery(View):
    """What we can do, for programs (OpenID Connect Discovery 1.0; RFC 8414)."""

    def get(self, request: HttpRequest) -> JsonResponse:
        def at(name: str) -> str:
            return f"{settings.PUBLIC_URL}{reverse(f'idp:oidc:{name}')}"

        answer = JsonResponse(
            {
                "issuer": get_adapter().get_issuer(),
                "authorization_endpoint": at("authorization"),
                "token_endpoint": at("token"),
                "userinfo_endpoint": at("userinfo"),
                "revocation_endpoint": at("revoke"),
                "end_session_endpoint": at("logout"),
                "jwks_uri": at("jwks"),
                "scopes_supported": list(SCOPES),
                "claims_supported": [
                    *("sub", "name", "given_name", "family_name", "locale", "email", "email_verified"),
                    "cars",
                ],
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": [CODE, REFRESH],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": settings.IDP_OIDC_AUTH_METHODS,
                "revocation_endpoint_auth_methods_supported": settings.IDP_OIDC_AUTH_METHODS,
                "id_token_signing_alg_values_supported": ["RS256"],
                "subject_types_supported": ["pairwise"],
                "prompt_values_supported": ["none", "login", "consent"],
                "ui_locales_supported": ["de", "en"],
                "request_parameter_supported": False,
                "request_uri_parameter_supported": False,
                "service_documentation": f"{settings.PUBLIC_URL}{reverse('api-docs')}",
            }
        )
        answer["Access-Control-Allow-Origin"] = "*"
        return answer


class Authorize(AuthorizationView):
    """Asks the person; who has allowed the same before goes straight on."""

    template_name = "idp/oidc/authorization_form.html"
    partner: Partner

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refusal = self._refuse_stranger(request) or self._refuse_shape(request)
        if refusal:
            return refusal
        prompts = request.GET.get("prompt", "").split()
        if "none" in prompts:
            return self._silently(request)
        if to_sign_in := self._login_required(request):
            return to_sign_in
        answer = super().get(request, *args, **kwargs)
        if answer.status_code == 302:  # an error that the partner should hear
            return self._onward(answer)
        if not hasattr(answer, "render"):
            answer.status_code = 400  # an error that only the person hears
            return answer
        if "consent" not in prompts and self._is_allowed(self._scopes):
            return self._onward(self.form_valid(self._form_for(self._scopes)))
        answer[HEADER] = self._policy()
        return answer

    def form_valid(self, form: AuthorizationForm) -> HttpResponse:
        """The one domain call, then the code; both or neither."""
        partner = partners.partner_of(self._request_info["client_id"])
        try:
            with transaction.atomic():
                if partner is None:
                    return _say_error(self.request, "unknown_service")
                connections.connect_service(
                    by=self.request.user,  # type: ignore[arg-type]
                    partner=partner,
                    asked=self._scopes,
                    allowed=form.cleaned_data["scopes"],
                    now=timezone.now(),
                )
                return super().form_valid(form)
        except DomainError:
            return _say_error(self.request, "unknown_service")

    def form_invalid(self, form: AuthorizationForm) -> HttpResponse:
        answer = super().form_invalid(form)
        answer[HEADER] = self._policy()
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = known_scopes(self._scopes)
        return {
            **context,
            "partner": partners.partner_of(self._request_info["client_id"]),
            "reads": [scope for scope in asked if not scope.acts],
            "acts": [scope for scope in asked if scope.acts],
            "held": connections.connection_between(
                user=self.request.user,  # type: ignore[arg-type]
                client_id=self._request_info["client_id"],
            ),
        }

    def _refuse_stranger(self, request: HttpRequest) -> HttpResponse | None:
        """Nothing is sent to an address that its partner has not registered, not even an error."""
        partner = partners.partner_of(request.GET.get("client_id", ""))
        if partner is None:
            return _say_error(request, "unknown_service")
        self.partner = partner
        address = request.GET.get("redirect_uri", "")
        if address not in partner.client.get_redirect_uris() and not _is_own_device(address, partner.client):
            return _say_error(request, "unknown_address")
        return None

    def _refuse_shape(self, request: HttpRequest) -> HttpResponse | None:
        if not request.GET.get("code_challenge") or request.GET.get("code_challenge_method") != "S256":
            return self._tell_partner("invalid_request", "PKCE with S256 is required")
        if "request" in request.GET:
            return self._tell_partner("request_not_supported", "")
        return None

    def _silently(self, request: HttpRequest) -> HttpResponse:
        """``prompt=none``: allauth would be content with what any other partner was allowed."""
        asked = request.GET.get("scope", "").split()
        if request.user.is_authenticated and not self._is_allowed(asked):
            return self._tell_partner("consent_required", "")
        return super().get(request)

    def _is_allowed(self, asked: list[str]) -> bool:
        held = connections.connection_between(user=self.request.user, client_id=self.partner.client_id)  # type: ignore[arg-type]
        return held is not None and set(asked) <= set(held.scopes)

    def _form_for(self, scopes: list[str]) -> AuthorizationForm:
        form = self.form_class(**{**self.get_form_kwargs(), "data": {"scopes": scopes, "request": "known"}})
        if not form.is_valid():
            raise ImmediateHttpResponse(_say_error(self.request, "unknown_service"))
        return form

    def _tell_partner(self, error: str, description: str) -> HttpResponse:
        said = {"error": error, "error_description": description, "state": self.request.GET.get("state", "")}
        answer = HttpResponse(status=302)
        answer["Location"] = _with_query(
            self.request.GET["redirect_uri"], {name: value for name, value in said.items() if value}
        )
        return answer

    def _onward(self, answer: HttpResponse) -> HttpResponse:
        """A page instead of a redirect: coming from our sign-in form, browsers would hold a
        redirect to another house against that form's policy (CSP form-action)."""
        if answer.status_code != 302:
            return answer
        context = {"url": answer["Location"], "name": self.partner.name}
        return render(self.request, "idp/oidc/onward.html", context)

    def _policy(self) -> str:
        """Our policy, with the way to this one partner open for the form's answer."""
        parts = urlsplit(self._request_info["redirect_uri"])
        target = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
        return policy_for("/").replace("form-action 'self'", f"form-action 'self' {target}")


class UserInfo(UserInfoView):
    """Asks for the connection too: whoever was revoked a moment ago learns nothing."""

    def _respond(self, request: HttpRequest) -> HttpResponse:
        token = bearer_token(request)
        if not token or not connections.find_access(token=token, now=timezone.now()):
            answer = HttpResponse(status=401)
            answer["WWW-Authenticate"] = 'Bearer realm="api", error="invalid_token"'
            return answer
        return super()._respond(request)


def _is_own_device(address: str, client: Client) -> bool:
    """An app on the person's device listens on any port (RFC 8252, section 7.3)."""
    asked = urlsplit(address)
    if asked.scheme != "http" or asked.hostname not in ("127.0.0.1", "::1") or asked.fragment:
        return False
    known = [urlsplit(registered) for registered in client.get_redirect_uris()]
    return any(
        (asked.scheme, asked.hostname, asked.path, asked.query) == (k.scheme, k.hostname, k.path, k.query)
        for k in known
    )


def _with_query(address: str, values: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *values.items()])
    return urlunsplit(parts._replace(query=query))


def _say_error(request: HttpRequest, problem: str) -> HttpResponse:
    return render(request, "idp/oidc/error.html", {"problem": problem}, status=400)
