"""The wire of web push: encrypt (RFC 8188, 8291), sign (RFC 8292), send, to public addresses only.

The browser names the address, so anybody can name any: it must be https, and each connection is
looked at once it stands, before a byte is sent. What a name resolves to meanwhile does not matter.
"""

import hashlib
import socket
from base64 import urlsafe_b64decode, urlsafe_b64encode
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import http_ece
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from py_vapid import Vapid02
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from common import brand
from common.errors import Invalid

TIME_TO_LIVE = 24 * 3600  # seconds that a push service keeps it for a browser that is off
TIMEOUT = urllib3.Timeout(connect=5, read=10)
NAT64 = IPv6Network("64:ff9b::/96")


class PushNotTaken(Exception):
    """The push service did not take it, or its address is not one we send to."""


def is_offered() -> bool:
    """Whether this house has a key to sign with (VAPID_PRIVATE_KEY)."""
    return bool(settings.VAPID_PRIVATE_KEY)


def public_key() -> str:
    """What browsers are given to subscribe with: an uncompressed point of P-256, base64url."""
    key = _vapid().private_key
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 (for the type checker)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def check_endpoint(endpoint: str) -> None:
    """Raises Invalid for what is no https address of a public host."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    wanted = parts.scheme == "https" and port in (None, 443) and "." in host and not parts.username
    if settings.PUSH_TO_LOOPBACK and host == "127.0.0.1":
        return
    if not wanted or len(endpoint) > 500 or host.endswith(".local") or _is_private_literal(host):
        raise Invalid(
            _("This is no address of a push service."), code="push_endpoint_invalid", field="endpoint"
        )


def send(*, endpoint: str, p256dh: str, auth: str, message: bytes, topic: str, urgent: bool) -> int:
    """POST one encrypted message; the HTTP status of the push service.

    A later message of the same ``topic`` replaces one that is still kept for the browser.
    Raises PushNotTaken when there is no answer or the host is not public.
    """
    check_endpoint(endpoint)
    headers = {
        **_vapid().sign({"aud": "{0.scheme}://{0.netloc}".format(urlsplit(endpoint)), "sub": _subject()}),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(TIME_TO_LIVE),
        "Urgency": "high" if urgent else "normal",
        "Topic": hashlib.sha256(topic.encode()).hexdigest()[:32],
    }
    body = http_ece.encrypt(
        message,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_decoded(p256dh),
        auth_secret=_decoded(auth),
        version="aes128gcm",
    )
    try:
        # The answer's body is never read: it may be endless.
        answer = _pools().request(
            "POST", endpoint, body=body, headers=headers, redirect=False, retries=False,
            preload_content=False, timeout=TIMEOUT,
        )  # fmt: skip
        answer.close()
    except urllib3.exceptions.HTTPError as error:
        raise PushNotTaken(f"{type(error).__name__} from the push service") from error
    return answer.status


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet, however it is wrapped."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped
        if inner is not None:
            found = inner
        elif found.sixtofour or found.teredo or found in NAT64:
            return False
    return found.is_global and not found.is_multicast


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False  # a name


class _Public(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if not is_public(connected.getpeername()[0]):
            connected.close()
            raise urllib3.exceptions.NewConnectionError(self, "the push service is not public")
        return connected


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _Public


class _Loopback(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        if self.host != "127.0.0.1":
            raise urllib3.exceptions.NewConnectionError(self, "only this machine, without TLS")
        return super()._new_conn()


class _LoopbackPool(HTTPConnectionPool):
    ConnectionCls = _Loopback


def _pools() -> urllib3.PoolManager:
    pools = urllib3.PoolManager()
    pools.pool_classes_by_scheme = {"https": _PublicPool}
    if settings.PUSH_TO_LOOPBACK:
        pools.pool_classes_by_scheme["http"] = _LoopbackPool
    return pools


def _vapid() -> Vapid02:
    return Vapid02.from_raw(settings.VAPID_PRIVATE_KEY.encode())


def _subject() -> str:
    """Whom a push service may write to about us (RFC 8292, 2.1)."""
    return settings.VAPID_SUBJECT or f"mailto:{brand.current()['email']}"


def _decoded(key: str) -> bytes:
    return urlsafe_b64decode(key + "=" * (-len(key) % 4))
