"""A customer without an account is invited by mail to take over what we hold for them.

The link works once, for 14 days. It came by mail, so whoever brings it has proved the address:
either they choose a password, and the row becomes their account; or an account of this address
takes the row over (a merge, proved by e-mail).
"""

import hashlib
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import history
from accounts.customers import merging
from accounts.customers.customers import EmailKnown
from accounts.house import legal
from accounts.models import CustomerInvitation, CustomerMerge, User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal import log, outbox

VALID_FOR = timedelta(days=14)
CHANNEL = "customer-invitation"


def invite_customer(*, by: User | None, customer: User, email: str = "", now: datetime) -> CustomerInvitation:
    """Send the customer a link by which they take their data over; an earlier link dies.

    ``email`` where we have no address of theirs yet: it is kept. If it is the address of an
    account, that account will take the row over. ``by`` None: they asked for it themselves, by
    signing up. Raises NotAllowed, Invalid without an address, Conflict for who has an account,
    EmailKnown for the address of another customer without one.
    """
    if by is not None and not by.has_permission("accounts.edit_customers"):
        raise NotAllowed(_("You may not invite customers."))
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if locked.standing != User.Standing.CUSTOMER:
            raise Conflict(_("This customer has an account already."), code="has_account")
        address = _address_of(locked, email)
        invitation, _new = CustomerInvitation.objects.update_or_create(
            user=locked,
            used_at=None,
            defaults={
                "email": address,
                "token_hash": _digest(_token(locked.pk, now)),
                "invited_by": by or locked,
                "invited_at": now,
                "expires_at": now + VALID_FOR,
            },
        )
        stable = f"{CHANNEL}:{invitation.pk}:{now.timestamp():.6f}"
        outbox.enqueue(CHANNEL, stable, {"invitation": invitation.pk, "hash": invitation.token_hash})
        log.record("accounts.customer_invited", by=by, subject=locked, audience=[locked], at=now)
    return invitation


def token_of(invitation: CustomerInvitation) -> str:
    """What the mail carries. Made anew for the mail, kept nowhere."""
    return _token(invitation.user_id, invitation.invited_at)


def find_invitation(*, token: str, now: datetime) -> CustomerInvitation:
    """The invitation behind a link. Raises NotFound, InvitationOver."""
    found = CustomerInvitation.objects.select_related("user").filter(token_hash=_digest(token)).first()
    if found is None:
        raise NotFound(_("There is no such invitation."))
    _require_open(found, now)
    return found


def account_of(invitation: CustomerInvitation) -> User | None:
    """The account that has the invited address already, if there is one."""
    others = User.objects.filter(email=invitation.email, standing=User.Standing.ACCOUNT)
    return others.exclude(pk=invitation.user_id).first()


def take_over(*, token: str, password: str, now: datetime) -> User:
    """Make the customer's row an account with this password; its address counts as proved.

    Raises as ``find_invitation``, and Conflict where an account has the address: sign in there.
    """
    found = find_invitation(token=token, now=now)
    with transaction.atomic():
        # The person first, as inviting does.
        customer = User.objects.select_for_update(of=("self",)).get(pk=found.user_id)
        invitation = _locked(found, customer, now)
        if User.objects.filter(email=invitation.email).exclude(pk=customer.pk).exists():
            raise Conflict(
                _("There is an account with this address. Sign in to take your data over."),
                code="account_exists",
            )
        customer.email = invitation.email
        customer.set_password(password)
        customer.save(update_fields=["email", "password"])
        _use(invitation, now)
        become_account(customer=customer, now=now)
        legal.note_acceptance(user=customer, now=now)
    return customer


def take_over_into(*, by: User, token: str, now: datetime) -> CustomerMerge:
    """Let the signed-in account take the customer's row over; it must have the invited address.

    Raises as ``find_invitation`` and ``merging.merge_customers``, NotAllowed for another account.
    """
    found = find_invitation(token=token, now=now)
    with transaction.atomic():
        # Both people first, in the order of numbers, as merging does.
        ids = [by.pk, found.user_id]
        people = User.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
        invitation = _locked(found, {row.pk: row for row in people}[found.user_id], now)
        proved = EmailAddress.objects.filter(user=by, email__iexact=invitation.email, verified=True)
        if by.standing != User.Standing.ACCOUNT or not proved.exists():
            raise NotAllowed(_("This invitation went to another address than your account's."))
        merge = merging.merge_customers(
            by=by, kept=by, gone=invitation.user, proof=CustomerMerge.Proof.EMAIL, now=now
        )
        _use(invitation, now)
        log.record("accounts.customer_taken_over", by=by, subject=by, audience=[by], at=now)
    return merge


def become_account(*, customer: User, now: datetime) -> None:
    """Whoever proved the address of a customer without an account holds the row from now on.

    Does nothing for those who have an account.
    """
    if customer.standing != User.Standing.CUSTOMER:
        return
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        if locked.standing != User.Standing.CUSTOMER or not locked.email:
            return
        locked.standing = customer.standing = User.Standing.ACCOUNT
        locked.save(update_fields=["standing"])
        EmailAddress.objects.update_or_create(
            user=locked, email=locked.email, defaults={"verified": True, "primary": True}
        )
        history.note_sign_up(user=locked)
        log.record("accounts.customer_taken_over", by=locked, subject=locked, audience=[locked], at=now)


class InvitationOver(Conflict):
    """Used, replaced by a newer one, or too old."""

    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__(_("This link was used or is no longer valid. Ask us for a new one."))


def _address_of(customer: User, typed: str) -> str:
    """Where the invitation goes; a new address of nobody's is kept with the customer."""
    wished = typed.strip().lower()
    if customer.email and wished in ("", customer.email):
        return customer.email
    if not wished:
        raise Invalid(_("To which address shall we send it?"), code="email_missing", field="email")
    other = User.objects.filter(email=wished).exclude(pk=customer.pk).first()
    if other is not None and other.standing != User.Standing.ACCOUNT:
        raise EmailKnown(other.pk)
    if other is None:
        customer.email = wished
        try:
            with transaction.atomic():
                customer.save(update_fields=["email"])
        except IntegrityError as error:
            raise EmailKnown(None) from error
    return wished


def _locked(found: CustomerInvitation, customer: User, now: datetime) -> CustomerInvitation:
    """The invitation under lock; InvitationOver if it was used or replaced meanwhile."""
    locked = CustomerInvitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    locked.user = customer
    _require_open(locked, now)
    if locked.token_hash != found.token_hash:
        raise InvitationOver
    return locked


def _require_open(invitation: CustomerInvitation, now: datetime) -> None:
    still = invitation.user.standing == User.Standing.CUSTOMER
    if invitation.used_at is not None or invitation.expires_at <= now or not still:
        raise InvitationOver


def _use(invitation: CustomerInvitation, now: datetime) -> None:
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])


def _token(user_id: int, at: datetime) -> str:
    """256 bits that nobody can guess and that need not be kept to be mailed."""
    value = f"{user_id}:{at.timestamp():.6f}"
    return salted_hmac(CHANNEL, value, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
