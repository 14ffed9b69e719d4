"""Parts of what a person was told, allowed and connected, and whom they act for."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from allauth.idp.oidc.models import Token
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.customers.movers import one_person
from accounts.models import (
    Connection,
    ConsentEntry,
    MailBlock,
    MemberInvitation,
    Membership,
    Notice,
    NoticePreference,
    NoticeTimes,
    PushSubscription,
    SpentToken,
    User,
)
from accounts.partners import connections
from accounts.privacy.parts import Attached, Fate, Hold, PersonalData, Sheet, register_part
from accounts.telling import inbox

Row = dict[str, Any]


# -- Notices --------------------------------------------------------------------------------------


def export_notices(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("notices", _("What we told you"), lambda: _notices(user), table=True)
    yield Sheet("wishes", _("How you want to be told"), lambda: _wishes(user))


def _notices(user: User) -> Iterator[Row]:
    for notice in user.notices.order_by("pk").iterator(500):
        words = inbox.words_of(notice)
        yield {
            "told": notice.created_at,
            "title": words.title,
            "text": words.text,
            "read": notice.read_at,
        }


def _wishes(user: User) -> Iterator[Row]:
    for wish in user.notice_preferences.order_by("pk"):
        yield {"group": wish.group, "channel": wish.get_channel_display(), "wanted": wish.wanted}
    for times in NoticeTimes.objects.filter(user=user):
        yield {
            "quiet_from": times.quiet_from,
            "quiet_until": times.quiet_until,
            "mail": times.get_digest_display(),
        }
    for device in user.push_subscriptions.order_by("pk"):
        yield {"push_to": device.device, "since": device.created_at}
    for block in MailBlock.objects.filter(email=user.email or ""):
        yield {"mail_refused": block.email, "reason": block.reason, "since": block.at}


def erase_notices(*, user: User, now: datetime) -> None:
    Notice.objects.filter(user=user).delete()
    NoticePreference.objects.filter(user=user).delete()
    NoticeTimes.objects.filter(user=user).delete()
    PushSubscription.objects.filter(user=user).delete()
    MailBlock.objects.filter(email=user.email or "").delete()


# -- Consents -------------------------------------------------------------------------------------


def export_consents(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("consents", _("What you allowed and withdrew"), lambda: _consents(user), table=True)


def _consents(user: User) -> Iterator[Row]:
    log = ConsentEntry.objects.filter(user_id__in=one_person(user)).select_related("text")
    for entry in log.order_by("pk").iterator(500):
        yield {
            "receipt": entry.code,
            "purpose": entry.text.title,
            "words": entry.text.text,
            "version": entry.text.version,
            "given": entry.given,
            "how": entry.get_way_display(),
            "at": entry.at,
        }


def keep_consents(*, user: User, now: datetime) -> None:
    """The log stays (GDPR Art. 7(1)): it names nobody once the person is an empty shell."""


# -- Connected services ---------------------------------------------------------------------------


def export_connections(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("services", _("Services you connected"), lambda: _services(user))


def _services(user: User) -> Iterator[Row]:
    for held in user.connections.select_related("partner").order_by("pk"):
        yield {
            "service": held.partner.name,
            "known_there_as": str(held.subject),
            "allowed": held.scopes,
            "since": held.since,
            "last_used": held.last_used_at,
            "revoked": held.revoked_at,
        }


def erase_connections(*, user: User, now: datetime) -> None:
    connections.revoke_all(by=None, user=user, now=now)
    Token.objects.filter(user=user).delete()
    Connection.objects.filter(user=user).delete()


# -- Organisations --------------------------------------------------------------------------------


def export_memberships(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("memberships", _("Organisations you act for"), lambda: _memberships(user))


def _memberships(user: User) -> Iterator[Row]:
    for membership in user.memberships.select_related("organisation").order_by("pk"):
        yield {
            "organisation": membership.organisation.name,
            "role": membership.get_role_display(),
            "since": membership.since,
            "ended": membership.ended_at,
        }
    if user.email:
        asked = MemberInvitation.objects.filter(email=user.email).select_related("organisation")
        for invitation in asked.order_by("pk"):
            yield {
                "invited_by": invitation.organisation.name,
                "role": invitation.get_role_display(),
                "invited": invitation.invited_at,
                "outcome": invitation.get_outcome_display(),
            }


def membership_holds(*, user: User, now: datetime) -> Iterable[Hold]:
    """An organisation with others in it, or with cars and contracts, must not be left headless."""
    run = Membership.objects.in_force().filter(
        user=user, role=Membership.Role.ADMINISTRATOR, organisation__closed_at__isnull=True
    )
    for own in run.select_related("organisation").order_by("pk"):
        others = own.organisation.memberships.in_force().exclude(user=user)
        if not others.filter(role=Membership.Role.ADMINISTRATOR).exists():
            yield Hold(
                "last_administrator",
                _("You are the last administrator of %(name)s. Name another one, or close the organisation.")
                % {"name": own.organisation.name},
                reverse("accounts:organisation-detail", args=[own.organisation_id]),
            )


def erase_memberships(*, user: User, now: datetime) -> None:
    Membership.objects.in_force().filter(user=user).update(ended_at=now)
    if user.email:
        asked = MemberInvitation.objects.filter(email=user.email)
        asked.filter(outcome="").update(outcome=MemberInvitation.Outcome.REFUSED, closed_at=now)
        MemberInvitation.objects.filter(Q(email=user.email)).update(email="")


register_part(
    PersonalData(
        name="accounts.notices",
        label=_("Inbox"),
        models={
            Notice: Fate.ERASED,
            NoticePreference: Fate.ERASED,
            NoticeTimes: Fate.ERASED,
            PushSubscription: Fate.ERASED,
            MailBlock: Fate.ERASED,
        },
        export=export_notices,
        erase=erase_notices,
        place=10,
        goes=_("Your inbox, and how you want to be told."),
    )
)
register_part(
    PersonalData(
        name="accounts.consents",
        label=_("Consents"),
        models={ConsentEntry: Fate.ANONYMOUS},
        export=export_consents,
        erase=keep_consents,
        place=20,
        stays=_("That somebody gave or withdrew a consent, without your name (GDPR Art. 7(1))."),
    )
)
register_part(
    PersonalData(
        name="accounts.connections",
        label=_("Connected services"),
        models={Connection: Fate.ERASED, SpentToken: Fate.ERASED, Token: Fate.ERASED},
        export=export_connections,
        erase=erase_connections,
        place=25,
        goes=_("All connections to partner services, at once."),
    )
)
register_part(
    PersonalData(
        name="accounts.organisations",
        label=_("Organisations"),
        models={Membership: Fate.ANONYMOUS, MemberInvitation: Fate.ERASED},
        export=export_memberships,
        erase=erase_memberships,
        holds=membership_holds,
        place=15,
        goes=_("Your memberships in organisations."),
    )
)
