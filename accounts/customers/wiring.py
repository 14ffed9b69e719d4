"""What the account itself adds to finding, the customer file and merging; called from apps.py."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.customers import finding, invitations, letters, sections
from accounts.customers.movers import Clash, Mover, register_clashes, register_mover, register_stay
from accounts.models import (
    Address,
    Connection,
    Erasure,
    Membership,
    NoticePreference,
    RoleGrant,
    User,
)
from accounts.models.organisations import MembershipQuerySet
from journal import outbox

ACTED = "who acted stays who acted"
SIGN_IN = "ends with the row's sign-in"
LOG = "append-only; reads follow merging.one_person where they need it"


def register() -> None:
    outbox.register_channel(invitations.CHANNEL, letters.deliver)
    finding.register()
    sections.register()
    _register_movers()
    _register_stays()
    register_clashes(_clashes)


def _register_movers() -> None:
    register_mover(Mover("accounts.Address", "user", _("addresses"), _same_purpose))
    register_mover(Mover("accounts.Case", "customer", _("requests")))
    register_mover(Mover("accounts.Case", "opened_by"))
    register_mover(Mover("accounts.CaseMessage", "author"))
    register_mover(
        Mover("accounts.Membership", "user", _("memberships"), _same_organisation, closes="ended_at")
    )
    register_mover(Mover("accounts.Notice", "user", _("notices"), _same_event))
    register_mover(Mover("accounts.NoticePreference", "user", "", _same_wish))
    register_mover(Mover("documents.Document", "owner", _("documents")))
    register_mover(Mover("documents.Document", "uploaded_by"))


def _register_stays() -> None:
    for model, field, why in STAYS:
        register_stay(model, field, why)


STAYS = (
    ("journal.Event", "by", LOG),
    ("journal.EventAudience", "user", LOG),
    ("accounts.ConsentEntry", "user", "append-only: each consent was given for its own row"),
    ("documents.Signature", "signer", LOG),
    ("documents.Signature", "witnessed_by", ACTED),
    ("accounts.CustomerMerge", "kept", "says what was merged"),
    ("accounts.CustomerMerge", "gone", "says what was merged"),
    ("accounts.CustomerMerge", "by", ACTED),
    ("accounts.CustomerMerge", "undone_by", ACTED),
    ("accounts.CustomerInvitation", "user", "its link is for the row that is gone"),
    ("accounts.CustomerInvitation", "invited_by", ACTED),
    ("accounts.Case", "assignee", ACTED),
    ("accounts.RoleGrant", "user", "whoever holds a role is not merged away; ended ones are history"),
    ("accounts.RoleGrant", "granted_by", ACTED),
    ("accounts.StaffInvitation", "invited_by", ACTED),
    ("accounts.StaffInvitation", "accepted_by", ACTED),
    ("accounts.MemberInvitation", "invited_by", ACTED),
    ("accounts.NoticeTimes", "user", "how the row that stays wants to be disturbed counts"),
    ("accounts.PushSubscription", "user", SIGN_IN),
    ("accounts.Connection", "user", "revoked with the row's sign-in"),
    ("accounts.Partner", "created_by", ACTED),
    ("accounts.ConsentText", "published_by", ACTED),
    ("accounts.LegalText", "published_by", ACTED),
    ("accounts.ImportRun", "started_by", ACTED),
    ("accounts.Export", "user", "a copy of the data of that row, gone after its time"),
    ("accounts.Erasure", "user", "a row that is to be erased is not merged"),
    ("accounts.KeptRecord", "user", "of erased people only"),
    ("accounts.RetentionRule", "changed_by", ACTED),
    ("common.IdempotencyKey", "user", "answers to requests of that row, for a day"),
    ("account.EmailAddress", "user", "taken away with the sign-in, given back by undoing"),
    ("mfa.Authenticator", "user", SIGN_IN),
    ("usersessions.UserSession", "user", SIGN_IN),
    ("socialaccount.SocialAccount", "user", SIGN_IN),
    ("allauth_idp_oidc.Token", "user", "revoked with the row's sign-in"),
    ("allauth_idp_oidc.Client", "owner", ACTED),
    ("admin.LogEntry", "user", ACTED),
)


def _same_purpose(kept: User, gone: User) -> Q:
    return Q(purpose__in=Address.objects.filter(user=kept).values("purpose"))


def _same_organisation(kept: User, gone: User) -> Q:
    """Of two memberships in force the one of the row that stays goes on."""
    held = Membership.objects.in_force().filter(user=kept).values("organisation_id")
    return Q(organisation__in=held, ended_at__isnull=True)


def _same_event(kept: User, gone: User) -> Q:
    told = kept.notices.filter(event_id__isnull=False).values("event_id")
    return Q(event_id__in=told)


def _same_wish(kept: User, gone: User) -> Q:
    wishes = Q(pk__in=[])
    for group, channel in NoticePreference.objects.filter(user=kept).values_list("group", "channel"):
        wishes |= Q(group=group, channel=channel)
    return wishes


def _clashes(kept: User, gone: User, now: datetime) -> list[Clash]:
    found = []
    if RoleGrant.objects.in_force().filter(user=gone).exists():
        found.append(Clash(gettext("The row that goes belongs to a colleague: end the roles first."), True))
    leaving = Erasure.objects.filter(user__in=[kept, gone], cancelled_at__isnull=True, done_at__isnull=True)
    if leaving.exists():
        found.append(Clash(gettext("One of the two asked to be erased: settle that first."), True))
    both = Membership.objects.in_force().filter(user=gone, organisation__memberships__in=_of(kept))
    for membership in both.select_related("organisation"):
        words = gettext("Both belong to %(name)s: the role of the row that stays counts.")
        found.append(Clash(words % {"name": membership.organisation.name}, False))
    if gone.standing == User.Standing.ACCOUNT:
        words = gettext("Both have an account: from then on only %(email)s signs in.")
        found.append(Clash(words % {"email": kept.email}, False))
    if Connection.objects.in_force().filter(user=gone).exists():
        found.append(
            Clash(
                gettext("Partner services connected with the row that goes are disconnected for good."), False
            )
        )
    return found


def _of(user: User) -> MembershipQuerySet:
    return Membership.objects.in_force().filter(user=user)


__all__ = ["register"]
