"""Web push (RFC 8030): which browsers take it, and sending them a notice, encrypted (RFC 8291).

A subscription ends with the sign-in it was made in, when its person switches it off, and when the
push service says that the browser is gone.
"""

import binascii
import json
from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Notice, PushSubscription, User
from accounts.telling import mail, notice_kinds, notice_wishes, push_sending
from accounts.telling.notice_kinds import NoticeKind
from common.errors import Conflict, Invalid, NotFound
from journal import log

logger = structlog.get_logger(__name__)

MOST_DEVICES = 20
TEXT_LENGTH = 600  # characters; the encrypted message has room for 4 kB
POINT, SECRET = 65, 16  # bytes: an uncompressed point of P-256, a shared secret (RFC 8291, 3.1, 3.2)
GONE = {404, 410}  # RFC 8030, 7.3
TOO_LARGE = 413


class Keys(NamedTuple):
    """What the browser gives besides its address, both base64url."""

    p256dh: str
    auth: str


def subscribe(
    *, by: User, endpoint: str, keys: Keys, device: str, session_key: str, now: datetime
) -> PushSubscription:
    """Send this browser what concerns its person, as long as the sign-in ``session_key`` lasts.

    A browser that changes hands (another person signs in on it) belongs to the last one who asks.
    Raises Invalid for an address that is no public https one and for malformed keys, Conflict
    with more than 20 devices or where this house offers no push.
    """
    if not push_sending.is_offered():
        raise Conflict(_("Push notices are not available here."), code="push_not_offered")
    push_sending.check_endpoint(endpoint)
    _check_keys(keys)
    values = {
        "user": by,
        "p256dh": keys.p256dh,
        "auth": keys.auth,
        "device": device[:120],
        "language": (get_language() or "de")[:2],
        "session_key": session_key,
        "created_at": now,
    }
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
        others = PushSubscription.objects.filter(user=by).exclude(endpoint=endpoint)
        if others.count() >= MOST_DEVICES:
            raise Conflict(
                _("You already have push notices on %(count)s devices. Remove one first.")
                % {"count": MOST_DEVICES},
                code="too_many_devices",
            )
        subscription, __ = PushSubscription.objects.update_or_create(endpoint=endpoint, defaults=values)
        log.record(
            "accounts.push_added", by=by, subject=by, data={"subscription": subscription.pk}, audience=[by]
        )
    return subscription


def unsubscribe(*, by: User, subscription_id: int) -> None:
    """Switch push off for one of the person's devices. Raises NotFound for others'."""
    with transaction.atomic():
        gone, __ = PushSubscription.objects.visible_to(by).filter(pk=subscription_id).delete()
        if not gone:
            raise NotFound(_("There is no such device."))
        log.record(
            "accounts.push_removed", by=by, subject=by, data={"subscription": subscription_id}, audience=[by]
        )


def deliver(stable_id: str, payload: dict[str, Any], *, now: datetime) -> None:
    """Send one notice to one browser; ``stable_id`` becomes its tag, so that twice shows it once.

    Raises outbox.Later in the reader's quiet hours, PushNotTaken when the push service wants it later.
    """
    notice = Notice.objects.select_related("user").filter(pk=payload["notice"], read_at__isnull=True).first()
    subscription = PushSubscription.objects.filter(pk=payload["subscription"]).first()
    if notice is None or subscription is None or subscription.user_id != notice.user_id:
        return  # read, erased or switched off meanwhile
    kind = notice_kinds.find_kind(notice.kind)
    if kind is None or not notice.user.is_active or not push_sending.is_offered():
        return
    if not _is_signed_in(subscription, now=now):
        subscription.delete()
        return
    if mail.may_go(notice, channel=notice_wishes.Channel.PUSH, now=now):
        _send(stable_id, notice, kind, subscription)


def _send(stable_id: str, notice: Notice, kind: NoticeKind, subscription: PushSubscription) -> None:
    with mail.written_for(notice.user, language=subscription.language):
        title, text = notice_kinds.words_of(notice)
    message = {
        "title": title,
        "text": text[:TEXT_LENGTH],
        "url": notice.url or "/account/inbox/",
        "tag": stable_id,
    }
    status = push_sending.send(
        endpoint=subscription.endpoint,
        p256dh=subscription.p256dh,
        auth=subscription.auth,
        message=json.dumps(message, ensure_ascii=False).encode(),
        topic=stable_id,
        urgent=kind.urgent,
    )
    if status in GONE:
        subscription.delete()
    elif status == TOO_LARGE:
        logger.warning("push_too_large", notice_id=notice.pk)
    elif not 200 <= status < 300:
        raise push_sending.PushNotTaken(f"the push service answered {status}")


def _is_signed_in(subscription: PushSubscription, *, now: datetime) -> bool:
    """A device that nobody is signed in on any more must not show what concerns them."""
    return Session.objects.filter(session_key=subscription.session_key, expire_date__gt=now).exists()


def _check_keys(keys: Keys) -> None:
    try:
        point, secret = (urlsafe_b64decode(key + "=" * (-len(key) % 4)) for key in keys)
        if len(point) != POINT or len(secret) != SECRET:
            raise ValueError("wrong length")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (binascii.Error, ValueError) as error:
        raise Invalid(_("Your browser gave keys that can't be used."), code="push_keys_invalid") from error
