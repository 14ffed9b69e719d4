"""The person's part: who they are, how they sign in, what they may do. It is erased last."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import devices, sessions
from accounts.customers.movers import one_person
from accounts.models import (
    Address,
    CustomerInvitation,
    CustomerMerge,
    Erasure,
    Export,
    KeptRecord,
    RoleGrant,
    StaffInvitation,
    User,
)
from accounts.privacy.parts import Attached, Fate, Hold, PersonalData, Sheet, register_part
from common.models import IdempotencyKey

Row = dict[str, Any]


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("profile", _("Who you are"), lambda: _profile(user))
    yield Sheet("addresses", _("Your addresses"), lambda: _addresses(user))
    yield Sheet("sign-in", _("How you sign in"), lambda: _ways_in(user))
    yield Sheet("devices", _("Where you are signed in"), lambda: _devices(user))
    yield Sheet("roles", _("Roles you hold or held"), lambda: _roles(user))
    yield Sheet("requests", _("Copies and deletions you asked for, invitations"), lambda: _requests(user))


def _profile(user: User) -> Iterator[Row]:
    yield {
        "number": user.pk,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": user.phone,
        "language": user.get_language_display(),
        "time_zone": user.time_zone,
        "formats": user.formats,
        "standing": user.get_standing_display(),
        "since": user.date_joined,
        "last_sign_in": user.last_login,
        "last_seen": user.last_seen_on,
    }


def _addresses(user: User) -> Iterator[Row]:
    for address in user.addresses.order_by("pk"):
        yield {
            "purpose": address.get_purpose_display(),
            "recipient": address.recipient,
            "extra": address.extra,
            "street": address.street,
            "postcode": address.postcode,
            "town": address.town,
            "country": address.country,
        }


def _ways_in(user: User) -> Iterator[Row]:
    """Which ways there are and since when; never what would sign somebody in."""
    for email in EmailAddress.objects.filter(user=user).order_by("pk"):
        yield {"way": "email", "name": email.email, "verified": email.verified, "primary": email.primary}
    if user.has_usable_password():
        yield {"way": "password"}
    for method in Authenticator.objects.filter(user=user).order_by("pk"):
        yield {
            "way": method.get_type_display(),
            "name": str(method.data.get("name", "")),
            "since": method.created_at,
            "last_used": method.last_used_at,
        }
    for outside in SocialAccount.objects.filter(user=user).order_by("pk"):
        yield {
            "way": outside.provider,
            "name": outside.uid,
            "told_by_it": outside.extra_data,
            "since": outside.date_joined,
            "last_used": outside.last_login,
        }


def _devices(user: User) -> Iterator[Row]:
    for session in UserSession.objects.filter(user=user).order_by("pk"):
        yield {
            "device": devices.device_words(session.user_agent),
            "browser": session.user_agent,
            "address": session.ip,
            "since": session.created_at,
            "last_seen": session.last_seen_at,
        }


def _roles(user: User) -> Iterator[Row]:
    for grant in user.role_grants.order_by("pk"):
        yield {"role": grant.get_role_display(), "since": grant.granted_at, "ended": grant.ended_at}


def _requests(user: User) -> Iterator[Row]:
    for export_row in user.exports.order_by("pk"):
        yield {"what": "copy of data", "at": export_row.requested_at, "ready": export_row.ready_at}
    for erasure in user.erasures.order_by("pk"):
        yield {
            "what": "deletion",
            "why": erasure.get_reason_display(),
            "at": erasure.requested_at,
            "due": erasure.due_at,
            "cancelled": erasure.cancelled_at,
        }
    for asked in user.customer_invitations.order_by("pk"):
        yield {"what": "invitation", "email": asked.email, "at": asked.invited_at, "used": asked.used_at}
    for joined in user.merges_kept.order_by("pk"):
        yield {"what": "joined with another record of you", "at": joined.at, "from_it": joined.before}
    if user.email:
        for role in StaffInvitation.objects.filter(email=user.email).order_by("pk"):
            yield {"what": "invitation as a colleague", "role": role.role, "at": role.invited_at}


def holds(*, user: User, now: datetime) -> Iterable[Hold]:
    if user.role_grants.in_force().exists():
        yield Hold("role_held", _("You work here: an administrator must end your roles first."))


def erase(*, user: User, now: datetime) -> None:
    """The row becomes an empty shell (constraint ``user_shell_is_empty``); nobody can sign in to it."""
    held = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    sessions.end_sessions(by=None, user=held)
    if held.email:
        StaffInvitation.objects.filter(email=held.email, closed_at__isnull=True).update(closed_at=now)
        StaffInvitation.objects.filter(email=held.email).update(email="")
    for rows in (
        EmailAddress.objects.filter(user=held),
        Authenticator.objects.filter(user=held),
        SocialAccount.objects.filter(user=held),
        Address.objects.filter(user=held),
        CustomerInvitation.objects.filter(user=held),
        IdempotencyKey.objects.filter(user=held),
        Export.objects.filter(user=held),
        LogEntry.objects.filter(user=held),
        LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(held.pk)),
    ):
        rows.delete()
    _empty_merged(held)
    held.groups.clear()
    held.user_permissions.clear()
    _empty(held)


def _empty_merged(held: User) -> None:
    """What was kept to part two merged rows again, their ways to sign in included."""
    gone = list(User.objects.filter(pk__in=one_person(held), standing=User.Standing.MERGED))
    for model in (Authenticator, SocialAccount, EmailAddress, Address):
        model.objects.filter(user__in=gone).delete()
    for row in gone:
        row.set_unusable_password()
        row.save(update_fields=["password"])
    both = Q(kept=held) | Q(gone=held) | Q(gone__in=gone)
    CustomerMerge.objects.filter(both).update(before={}, moved=[])


def _empty(held: User) -> None:
    held.standing, held.is_active = User.Standing.ERASED, False
    held.is_staff = held.is_superuser = False
    held.email = held.last_login = held.last_seen_on = held.photo = None
    held.first_name = held.last_name = held.phone = held.formats = ""
    held.language, held.time_zone = User.Language.GERMAN, "Europe/Berlin"
    held.set_unusable_password()
    held.save()


register_part(
    PersonalData(
        name="accounts.person",
        label=_("Your account"),
        models={
            User: Fate.ANONYMOUS,
            Address: Fate.ERASED,
            RoleGrant: Fate.ANONYMOUS,
            EmailAddress: Fate.ERASED,
            EmailConfirmation: Fate.ERASED,
            Authenticator: Fate.ERASED,
            SocialAccount: Fate.ERASED,
            SocialToken: Fate.ERASED,
            UserSession: Fate.ERASED,
            IdempotencyKey: Fate.ERASED,
            LogEntry: Fate.ERASED,
            StaffInvitation: Fate.ERASED,
            CustomerInvitation: Fate.ERASED,
            CustomerMerge: Fate.ANONYMOUS,
            Export: Fate.ERASED,
            Erasure: Fate.ANONYMOUS,
            KeptRecord: Fate.KEPT,
        },
        export=export,
        erase=erase,
        holds=holds,
        place=0,
        goes=_("Your name, e-mail address, phone number, addresses, photo and every way to sign in."),
    )
)
