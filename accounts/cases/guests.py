"""People without an account: the link that opens their case, and how often they may ask."""

from datetime import timedelta
from hashlib import sha256

from django.core import signing
from django.core.cache import cache
from django.urls import reverse
from redis.exceptions import RedisError

from accounts.cases import reading
from accounts.cases.errors import TooManyCases
from accounts.models import Case, User
from common.outage import Outage
from documents.models import Document

SALT = "accounts.case"
RECEIPT_SALT = "accounts.case_receipt"
LINK_DAYS = timedelta(days=180)  # from each mail
RECEIPT_HOURS = timedelta(hours=24)
PER_HOUR, HOUR = 5, 3600  # from one network address
MOST_PICTURES = 30  # that a guest sends in one request
_valkey = Outage("counter of requests", pause=5)


def is_guest(case: Case) -> bool:
    """Nobody signs in for it: it has no customer, or one without an account."""
    return case.customer is None or case.customer.standing == User.Standing.CUSTOMER


def link_of(case: Case) -> str:
    """The path that opens a guest's case, for mails to their address only."""
    token = signing.dumps({"case": case.pk, "to": _address_mark(case)}, salt=SALT)
    return reverse("accounts:guest-case", args=[token])


def case_of(token: str) -> Case | None:
    """The case behind a link, 180 days long; None for any other text.

    The link dies when the case is answered to another address, or belongs to an account now.
    """
    try:
        known = signing.loads(token, salt=SALT, max_age=LINK_DAYS)
    except signing.BadSignature:
        return None
    case = Case.objects.select_related("customer", "merged_into__customer").filter(pk=known["case"]).first()
    if case is not None and case.merged_into is not None:
        case = case.merged_into
    if case is None or not is_guest(case) or _address_mark(case) != known["to"]:
        return None
    return case


def receipt_of(case: Case) -> str:
    """For the page after asking: it shows the number and the promise, never the conversation.

    Whoever typed a mail address has not proved that it is theirs.
    """
    return signing.dumps(case.pk, salt=RECEIPT_SALT)


def case_received(token: str) -> Case | None:
    """The case behind a receipt, for one day; None for any other text."""
    try:
        number = signing.loads(token, salt=RECEIPT_SALT, max_age=RECEIPT_HOURS)
    except signing.BadSignature:
        return None
    return Case.objects.filter(pk=number).first()


def has_room(case: Case) -> bool:
    """Whether a guest may add pictures: a link is easily come by, so what it fills is limited."""
    said = case.messages.filter(from_customer=True).values("pk")
    sent = Document.objects.filter(about_kind=reading.ABOUT, about_id__in=said, uploaded_by__isnull=True)
    return sent.count() < MOST_PICTURES


def count_guest(address: str) -> None:
    """Count one request from a network address. Raises TooManyCases (429).

    Without the counter everybody gets through: nobody may be kept from reaching us.
    """
    counted: list[int] = []
    _valkey.attempt(lambda: counted.append(_count(address)), failures=(RedisError, OSError))
    if counted and counted[0] > PER_HOUR:
        raise TooManyCases(HOUR)


def _count(address: str) -> int:
    key = f"cases:{address}"
    cache.add(key, 0, timeout=HOUR)
    try:
        return int(cache.incr(key))
    except ValueError:  # ran out between the two calls
        return 1


def _address_mark(case: Case) -> str:
    return sha256(case.reach_email.encode()).hexdigest()[:16]
