"""Where allauth's OpenID provider asks the house: who somebody is to a partner, and what is said of them."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils import timezone

from accounts.models import User
from accounts.partners import connections, partner_claims, partner_secrets
from accounts.partners.partner_scopes import SCOPES


class IdentityAdapter(DefaultOIDCAdapter):
    scope_display = {scope.name: scope.label for scope in SCOPES.values()}

    def generate_client_secret(self) -> str:
        return partner_secrets.new_secret()

    def get_issuer(self) -> str:
        """One name for all hosts that lead here: partners compare it letter by letter."""
        return str(settings.PUBLIC_URL)

    def get_user_sub(self, client: Client, user: Any) -> str:
        return connections.subject_of(user=user, client=client)

    def get_user_by_sub(self, client: Client, sub: str) -> User | None:
        return connections.user_by_subject(subject=sub, client=client)

    def get_claims(
        self,
        purpose: str,
        user: Any,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """What the person allows now, which may be less than when the token was issued."""
        held = connections.connection_between(user=user, client_id=client.pk)
        allowed = set(scopes) & set(held.scopes if held else ())
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user)}
        if "profile" in allowed:
            names = {
                "name": user.display_name,
                "given_name": user.first_name,
                "family_name": user.last_name,
                "locale": user.language,
            }
            claims |= {claim: value for claim, value in names.items() if value}
        if "email" in allowed and user.email:
            verified = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
            claims |= {"email": user.email, "email_verified": verified}
        if held and purpose == "userinfo":  # asked for each time, so that a withdrawal holds at once
            claims |= partner_claims.shared_claims(user=user, now=timezone.now())
        return claims

    def validate_resource_uris(self, *, uris: list[str], **kwargs: Any) -> None:
        """Tokens are for this house only (RFC 8707)."""
        if any(not uri.startswith(f"{settings.PUBLIC_URL}/") for uri in uris):
            raise ValidationError("invalid_target")

    def get_signing_key(self) -> PrivateKey:
        """The first key signs; the others are the next one and the last one (docs/operations.md)."""
        keys: list[PrivateKey] = self.list_private_keys(did_activate=True, is_active=True)
        if not keys:
            raise ImproperlyConfigured("OIDC_PRIVATE_KEY names no key.")
        return keys[0]
