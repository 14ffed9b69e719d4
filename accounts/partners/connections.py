"""Connected services: what a person lets a partner see and do, the tokens that follow from it, the end.

Tokens are rows of allauth's (hashed, opaque); each belongs to a connection by person and
client, and to a chain: everything that came from one sign-in. The connection's row is the
lock that issuing and revoking share, so that no token is born after the revocation.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Connection, Partner, SpentToken, User
from accounts.partners.partner_scopes import OPENID
from common.errors import Conflict
from journal import log

BEARERS = (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)
SEEN_EVERY = timedelta(minutes=1)  # how exactly "last used" is kept


class Access(NamedTuple):
    """Who a bearer token speaks for, and how far it reaches now."""

    user: User
    connection: Connection
    scopes: frozenset[str]


def connections_of(user: User) -> QuerySet[Connection]:
    """A person's connected services in force, the youngest first."""
    return Connection.objects.visible_to(user).select_related("partner").order_by("-since", "-pk")


def connection_between(*, user: User, client_id: str) -> Connection | None:
    """The connection in force of a person and a partner, or None."""
    held = Connection.objects.in_force().select_related("partner__client")
    return held.filter(user=user, partner__client_id=client_id).first()


def connect_service(
    *, by: User, partner: Partner, asked: Collection[str], allowed: Collection[str], now: datetime
) -> Connection:
    """A person allows a partner ``allowed`` out of the scopes it ``asked`` for.

    What was allowed before and is not asked again stays; what is asked and not allowed is
    taken away, and tokens that carry it die. The owner is told of a new service. Raises
    Conflict when the partner was closed meanwhile.
    """
    wanted = (set(allowed) & set(asked)) | {OPENID}
    with transaction.atomic():
        open_partners = Partner.objects.select_for_update(of=("self",)).filter(closed_at__isnull=True)
        if not open_partners.filter(pk=partner.pk).exists():
            raise Conflict(_("This service can no longer be connected."), code="partner_closed")
        held = _locked(user_id=by.pk, client_id=partner.client_id)
        before = set(held.scopes) if held else set()
        refused = (before & set(asked)) - wanted
        scopes = sorted((before - refused) | wanted)
        if held is None:
            held = Connection.objects.create(
                user=by, partner=partner, scopes=scopes, since=now, subject=_subject(by, partner)
            )
        elif set(scopes) != before:
            held.scopes = scopes
            held.save(update_fields=["scopes"])
            _drop_tokens_with(held, refused)
        if before != set(scopes):
            log.record(
                "accounts.service_connected",
                by=by,
                subject=held,
                data={"partner": partner.pk, "scopes": scopes, "new": not before},
                audience=[by],
            )
    return held


def revoke_connection(*, by: User | None, connection: Connection, now: datetime) -> Connection:
    """End a connection; its tokens are refused from this moment on. Ending it twice changes nothing."""
    with transaction.atomic():
        held = _lock(connection)
        if held.revoked_at is not None:
            return held
        held.revoked_at = now
        held.save(update_fields=["revoked_at"])
        tokens_of(held).delete()
        log.record(
            "accounts.service_revoked",
            by=by,
            subject=held,
            data={"partner": held.partner_id},
            audience=[held.user],
        )
    return held


def revoke_all(*, by: User | None, user: User, now: datetime) -> int:
    """End all connections of a person (who is erased, or leaves); how many there were."""
    with transaction.atomic():
        held = list(connections_of(user).order_by("pk"))
        for connection in held:
            revoke_connection(by=by, connection=connection, now=now)
    return len(held)


# -- Tokens -----------------------------------------------------------------------------------


def tokens_of(connection: Connection) -> QuerySet[Token]:
    """Access and refresh tokens of a connection."""
    return Token.objects.filter(
        user_id=connection.user_id, client_id=connection.partner.client_id, type__in=BEARERS
    )


def find_access(*, token: str, now: datetime) -> Access | None:
    """Whose access token this is, if person, partner and connection are all in force at ``now``.

    It reaches as far as the token, the connection and the partner's registration all do.
    Notes when the connection was last used, by the minute.
    """
    found = (
        Token.objects.by_value(token)
        .filter(type=Token.Type.ACCESS_TOKEN, expires_at__gt=now, user__is_active=True)
        .select_related("user", "client")
        .first()
    )
    if found is None or found.client is None or not isinstance(found.user, User):
        return None
    connection = connection_between(user=found.user, client_id=found.client.pk)
    if connection is None:
        return None
    _note_use(connection, now)
    scopes = frozenset(found.get_scopes()) & set(connection.scopes) & set(found.client.get_scopes())
    return Access(found.user, connection, scopes)


def lock_for_issue(*, user: User, client_id: str) -> Connection | None:
    """The connection in force, locked until the transaction ends: tokens may be issued for it."""
    return _locked(user_id=user.pk, client_id=client_id)


def spend(*, connection: Connection, token_hash: str, chain: str, now: datetime) -> None:
    """Remember a code or refresh token as used. The connection must be locked."""
    SpentToken.objects.create(hash=token_hash, connection=connection, chain=chain, spent_at=now)


def spent(token_hash: str) -> SpentToken | None:
    """The used token with this hash, or None."""
    return SpentToken.objects.select_related("connection__partner").filter(hash=token_hash).first()


def end_chain(*, seen_again: SpentToken) -> int:
    """A used code or refresh token came again: all tokens of its sign-in die; how many.

    One of the two who sent it has stolen it, and nobody can say which (RFC 9700, 4.14.2).
    The connection stays: signing in again through the partner is all the owner has to do.
    """
    with transaction.atomic():
        held = _lock(seen_again.connection)
        ended, _rows = tokens_of(held).filter(data__chain=seen_again.chain).delete()
        log.record(
            "accounts.token_reused",
            by=None,
            subject=held,
            data={"partner": held.partner_id, "count": ended},
            audience=[held.user],
        )
    return ended


def drop_chain(*, token: Token) -> None:
    """All tokens of the sign-in that this one came from: the partner gives them back."""
    mine = Token.objects.filter(user_id=token.user_id, client_id=token.client_id, type__in=BEARERS)
    if token.type == Token.Type.REFRESH_TOKEN and chain_of(token):
        mine.filter(data__chain=chain_of(token)).delete()


def mark_chain(*, hashes: Iterable[str], chain: str) -> None:
    """Say which chain freshly issued tokens belong to."""
    for token in Token.objects.filter(hash__in=list(hashes), type__in=BEARERS):
        token.data = {**(token.data or {}), "chain": chain}
        token.save(update_fields=["data"])


def chain_of(token: Token) -> str:
    """The chain of a token, or "" for one that was never marked."""
    return str((token.data or {}).get("chain", ""))


def new_chain() -> str:
    return uuid.uuid4().hex


def clear_tokens(*, before: datetime, now: datetime) -> int:
    """Delete tokens that expired by ``now``, and used ones from ``before``; how many rows."""
    expired, _rows = Token.objects.filter(expires_at__lte=now).delete()
    used, _rows = SpentToken.objects.filter(spent_at__lt=before).delete()
    return expired + used


# -- The subject ------------------------------------------------------------------------------


def subject_of(*, user: User, client: Client) -> str:
    """What the partner knows this person by. Raises Connection.DoesNotExist before the first consent."""
    held = Connection.objects.filter(user_id=user.pk, partner__client_id=client.pk).order_by("-pk")[:1].get()
    return held.subject.hex


def user_by_subject(*, subject: str, client: Client) -> User | None:
    """The active person whom the partner knows by ``subject``, or None."""
    try:
        number = uuid.UUID(hex=subject)
    except ValueError:
        return None
    held = Connection.objects.filter(subject=number, partner__client_id=client.pk, user__is_active=True)
    found = held.select_related("user").first()
    return found.user if found else None


def _subject(user: User, partner: Partner) -> uuid.UUID:
    earlier = Connection.objects.filter(user=user, partner=partner).order_by("-pk").first()
    return earlier.subject if earlier else uuid.uuid4()


def _locked(*, user_id: int, client_id: str) -> Connection | None:
    held = Connection.objects.in_force().select_related("partner").select_for_update(of=("self",))
    return held.filter(user_id=user_id, partner__client_id=client_id).first()


def _lock(connection: Connection) -> Connection:
    rows = Connection.objects.select_for_update(of=("self",)).select_related("partner", "user")
    return rows.get(pk=connection.pk)


def _drop_tokens_with(connection: Connection, refused: set[str]) -> None:
    if refused:
        gone = [token.pk for token in tokens_of(connection) if refused & set(token.get_scopes())]
        Token.objects.filter(pk__in=gone).delete()


def _note_use(connection: Connection, now: datetime) -> None:
    if connection.last_used_at is None or now - connection.last_used_at >= SEEN_EVERY:
        Connection.objects.filter(pk=connection.pk).update(last_used_at=now)
