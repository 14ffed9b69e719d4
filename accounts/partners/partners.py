"""Partner services: registering them, changing, closing. Each is a client of our OpenID provider."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Connection, Partner, User
from accounts.partners.partner_scopes import OPENID, SCOPES
from accounts.partners.partner_secrets import hashed, new_secret
from common.errors import Conflict, Invalid, NotAllowed
from journal import log

PERMISSION = "accounts.run_partners"
MOST_ADDRESSES = 10
LOOPBACK = ("127.0.0.1", "::1", "localhost")
TEXTS = ("name", "field", "about_de", "about_en", "website", "privacy_url", "contact_email")


class Registered(NamedTuple):
    partner: Partner
    secret: str  # "" for a public client; kept nowhere but here


def register_partner(
    *,
    by: User,
    texts: Mapping[str, str],
    redirect_uris: Iterable[str],
    scopes: Iterable[str],
    public: bool,
    sign_out_uris: Iterable[str] = (),
    now: datetime,
) -> Registered:
    """Register a service that may sign people in; its secret is told this once.

    ``texts`` has the keys of TEXTS. ``public`` is an app on people's own devices, which can
    keep no secret. Only the authorization code with PKCE and refresh tokens are open to it.
    ``sign_out_uris`` are where people may be sent back to after they signed out.
    Raises NotAllowed without the right, Invalid for an address or a scope that can't be.
    """
    _require_right(by)
    secret = "" if public else new_secret()
    with transaction.atomic():
        client = Client(name=texts["name"], owner=None, skip_consent=False)
        client.type = Client.Type.PUBLIC if public else Client.Type.CONFIDENTIAL
        client.secret = hashed(secret or new_secret())
        client.set_grant_types([Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN])
        client.set_response_types([Client.ResponseType.CODE])
        _set_reach(client, redirect_uris=redirect_uris, sign_out_uris=sign_out_uris, scopes=scopes)
        client.save()
        partner = Partner.objects.create(client=client, created_at=now, created_by=by, **_texts(texts))
        log.record("accounts.partner_registered", by=by, subject=partner)
    return Registered(partner, secret)


def change_partner(
    *,
    by: User,
    partner: Partner,
    texts: Mapping[str, str],
    redirect_uris: Iterable[str],
    scopes: Iterable[str],
    sign_out_uris: Iterable[str] = (),
) -> Partner:
    """Change what is said about a partner and where it may go.

    A scope that is taken away is gone from the next request on; one that is added is asked
    of each person anew. Raises as ``register_partner`` does, and Conflict for a closed one.
    """
    _require_right(by)
    with transaction.atomic():
        partner = _open_partner(partner)
        for name, value in _texts(texts).items():
            setattr(partner, name, value)
        partner.save(update_fields=list(TEXTS))
        partner.client.name = partner.name
        _set_reach(partner.client, redirect_uris=redirect_uris, sign_out_uris=sign_out_uris, scopes=scopes)
        partner.client.save()
        log.record("accounts.partner_changed", by=by, subject=partner)
    return partner


def renew_secret(*, by: User, partner: Partner) -> str:
    """A new secret; the old one is refused from now on. People stay connected.

    Raises NotAllowed without the right, Conflict for a closed partner or a public client.
    """
    _require_right(by)
    with transaction.atomic():
        partner = _open_partner(partner)
        if partner.client.type == Client.Type.PUBLIC:
            raise Conflict(_("An app on people's devices has no secret."), code="no_secret")
        secret = new_secret()
        partner.client.secret = hashed(secret)
        partner.client.save(update_fields=["secret"])
        log.record("accounts.partner_secret_renewed", by=by, subject=partner)
    return secret


def close_partner(*, by: User, partner: Partner, now: datetime) -> Partner:
    """The end of a partner: every connection, token and open sign-in dies with it, at once.

    Each connected person finds it in their history and is told. Closing twice changes nothing.
    Raises NotAllowed without the right.
    """
    _require_right(by)
    with transaction.atomic():
        partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
        if partner.closed_at is not None:
            return partner
        partner.closed_at = now
        partner.save(update_fields=["closed_at"])
        client = partner.client
        client.set_grant_types([])
        client.set_response_types([])
        client.set_redirect_uris([])
        client.set_post_logout_redirect_uris([])
        client.secret = hashed(new_secret())
        client.save()
        running = Connection.objects.select_for_update(of=("self",)).select_related("user")
        held = list(running.filter(partner=partner, revoked_at__isnull=True).order_by("pk"))
        Connection.objects.filter(pk__in=[each.pk for each in held]).update(revoked_at=now)
        Token.objects.filter(client=client).delete()
        for each in held:
            log.record(
                "accounts.service_revoked",
                by=by,
                subject=each,
                data={"partner": partner.pk},
                audience=[each.user],
            )
        log.record("accounts.partner_closed", by=by, subject=partner, data={"count": len(held)})
    return partner


def partner_of(client_id: str) -> Partner | None:
    """The open partner behind an OpenID client, or None."""
    found = Partner.objects.select_related("client").filter(client_id=client_id, closed_at__isnull=True)
    return found.first()


def check_address(address: str, *, field: str = "redirect_uris") -> str:
    """A redirect address as it may be registered (RFC 9700, section 4.1; RFC 8252, section 7).

    https; http only to the device itself; an app's own scheme only in reverse domain form.
    Raises Invalid with the reason.
    """
    parts = urlsplit(address)
    if any(sign in address for sign in ("#", "*", "\\")) or any(c.isspace() for c in address):
        raise _refused(_("%(address)s: without #, * and spaces, please."), address, field)
    if "@" in parts.netloc:
        raise _refused(_("%(address)s: without a user name, please."), address, field)
    if parts.scheme == "https" and parts.hostname:
        return address
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return address
    if "." in parts.scheme:
        return address
    raise _refused(_("%(address)s must begin with https://."), address, field)


def _refused(words: Any, address: str, field: str) -> Invalid:
    return Invalid(words % {"address": address}, code="redirect_uri", field=field)


def _addresses(typed: Iterable[str], *, field: str) -> list[str]:
    addresses = [check_address(address, field=field) for address in dict.fromkeys(typed)]
    if len(addresses) > MOST_ADDRESSES:
        raise _wrong_number(field)
    return addresses


def _wrong_number(field: str) -> Invalid:
    words = _("Between one and %(most)s addresses, please.") % {"most": MOST_ADDRESSES}
    return Invalid(words, code="redirect_uri", field=field)


def _set_reach(
    client: Client, *, redirect_uris: Iterable[str], sign_out_uris: Iterable[str], scopes: Iterable[str]
) -> None:
    addresses = _addresses(redirect_uris, field="redirect_uris")
    if not addresses:
        raise _wrong_number("redirect_uris")
    names = {OPENID, *scopes}
    if unknown := names - set(SCOPES):
        raise Invalid(
            _("There is no such right: %(scope)s.") % {"scope": ", ".join(sorted(unknown))},
            code="scope",
            field="scopes",
        )
    client.set_redirect_uris(addresses)
    client.set_post_logout_redirect_uris(_addresses(sign_out_uris, field="sign_out_uris"))
    client.set_scopes([name for name in SCOPES if name in names])
    client.set_default_scopes([OPENID])


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: texts[name] for name in TEXTS}


def _open_partner(partner: Partner) -> Partner:
    partner = Partner.objects.select_for_update(of=("self",)).select_related("client").get(pk=partner.pk)
    if partner.closed_at is not None:
        raise Conflict(_("This partner service is closed."), code="partner_closed")
    return partner


def _require_right(by: User) -> None:
    if not by.has_permission(PERMISSION):
        raise NotAllowed(_("Only product managers and administrators run partner services."))
