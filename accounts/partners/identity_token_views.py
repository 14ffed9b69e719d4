"""Where partners' programs get tokens and give them back: allauth's endpoints, with a limit.

Codes and refresh tokens are used once (RFC 9700).
"""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.internal import ratelimit
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib import authorization_codes
from allauth.idp.oidc.models import Client, Token
from allauth.idp.oidc.views import RevokeView, TokenView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from redis.exceptions import RedisError

from accounts.partners import connections
from common.outage import Outage

CODE, REFRESH = "authorization_code", "refresh_token"
# All calls of a network address, and those of one service from there that were refused: a
# partner's servers share few addresses, and whoever guesses must not shut the partner out.
RATES = {"token": "600/m/ip", "token_refused": "30/m/key"}
MINUTE = "60"
_valkey = Outage("counter of partners' calls", pause=5)


def limited(answer: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """429 for whoever calls too often, or was refused too often.

    Without the counter everybody gets through: secrets and tokens are too long to be guessed.
    """

    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        caller = f"{get_account_adapter().get_client_ip(request)} {_client_id(request)}"
        if not _goes(request, "token") or not _goes(request, "token_refused", key=caller, dry_run=True):
            refusal = JsonResponse({"error": "temporarily_unavailable"}, status=429)
            refusal["Retry-After"] = MINUTE
            refusal["Cache-Control"] = "no-store"
            return refusal
        response = answer(request, *args, **kwargs)
        if response.status_code >= 400:
            _goes(request, "token_refused", key=caller)
        return response

    return counted


def _goes(request: HttpRequest, action: str, **how: Any) -> bool:
    found: list[bool] = []

    def count() -> None:
        usage = ratelimit.consume(request, app="allauth.idp.oidc", action=action, config=RATES, **how)
        found.append(usage is not None)

    _valkey.attempt(count, failures=(RedisError, OSError))
    return all(found)


@method_decorator(limited, name="post")
class TokenEndpoint(TokenView):
    """Codes and refresh tokens work once; seen again, all that came from them dies."""

    def post(self, request: HttpRequest) -> HttpResponse:
        grant = request.POST.get("grant_type")
        if grant not in (CODE, REFRESH):
            return _token_error("unsupported_grant_type")
        value = request.POST.get("code" if grant == CODE else "refresh_token", "")
        token_hash = get_adapter().hash_token(value)
        with transaction.atomic():
            chain = self._hold(request, grant, value, token_hash)
            if chain is None:
                return _token_error("invalid_grant")
            answer = super().post(request)
            self._after(grant, token_hash, chain, answer)
        answer["Cache-Control"] = "no-store"
        answer["Pragma"] = "no-cache"
        return answer

    def _hold(self, request: HttpRequest, grant: str, value: str, token_hash: str) -> str | None:
        """Lock the connection that the token belongs to; the chain, or None for a token of no use."""
        client_id = _client_id(request)
        user, chain = _owner_of(grant, value, token_hash, client_id)
        self._held = connections.lock_for_issue(user=user, client_id=client_id) if user else None
        # Asked after the lock: of two who send the same at once, the second finds it used.
        if used := connections.spent(token_hash):
            connections.end_chain(seen_again=used)
            return None
        if self._held is None:
            return None
        if grant == CODE:  # used up even if the exchange fails
            connections.spend(connection=self._held, token_hash=token_hash, chain=chain, now=timezone.now())
        return chain

    def _after(self, grant: str, token_hash: str, chain: str, answer: HttpResponse) -> None:
        if answer.status_code != 200 or self._held is None:
            return
        if grant == REFRESH:
            connections.spend(connection=self._held, token_hash=token_hash, chain=chain, now=timezone.now())
        issued = json.loads(answer.content)
        hashes = [
            get_adapter().hash_token(issued[name])
            for name in ("access_token", "refresh_token")
            if name in issued
        ]
        connections.mark_chain(hashes=hashes, chain=chain)


@method_decorator(limited, name="post")
class Revoke(RevokeView):
    """RFC 7009: with a refresh token goes all that came from the same sign-in."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token_hash = get_adapter().hash_token(request.POST.get("token", ""))
        client_id = _client_id(request)
        with transaction.atomic():
            found = Token.objects.filter(hash=token_hash, type__in=connections.BEARERS).first()
            if found and found.client_id != client_id:
                return HttpResponse(status=200)  # nothing of theirs: as if it were unknown
            answer = super().post(request, *args, **kwargs)
            if found and answer.status_code == 200:
                connections.drop_chain(token=found)
        return answer


def _owner_of(grant: str, value: str, token_hash: str, client_id: str) -> tuple[Any, str]:
    """The person whom a code or refresh token speaks for, and its chain."""
    if grant == CODE:
        code = authorization_codes.lookup(client_id, value)
        client = Client.objects.filter(pk=client_id).first() if code else None
        if code is None or client is None:
            return None, ""
        return get_adapter().get_user_by_sub(client, code["sub"]), connections.new_chain()
    token = (
        Token.objects.filter(hash=token_hash, type=Token.Type.REFRESH_TOKEN, client_id=client_id)
        .select_related("user")
        .first()
    )
    if token is None:
        return None, ""
    return token.user, connections.chain_of(token)


def _client_id(request: HttpRequest) -> str:
    """Who says to be asking: by header or in the form. Whether it is true, allauth checks."""
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode().partition(":")[0]
        except (NotBase64, UnicodeDecodeError):
            return ""
    return request.POST.get("client_id", "")


def _token_error(code: str) -> JsonResponse:
    answer = JsonResponse({"error": code}, status=400)
    answer["Cache-Control"] = "no-store"
    return answer
