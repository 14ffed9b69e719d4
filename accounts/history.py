"""What happened with an account: written down for its person to read."""

from django.db import models, transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.customers.movers import one_person
from accounts.models import RoleGrant, User
from journal import log
from journal.models import Event, EventAudience

# allauth's names of changes that concern a secret, and what we call them.
SECURITY_CHANGES: dict[str, tuple[str, dict[str, str]]] = {
    "password_changed": ("accounts.password_changed", {}),
    "password_reset": ("accounts.password_changed", {}),
    "password_set": ("accounts.password_changed", {}),
    "email_changed": ("accounts.email_changed", {}),
    "totp_activated": ("accounts.second_factor_changed", {"change": "totp_activated"}),
    "totp_deactivated": ("accounts.second_factor_changed", {"change": "totp_deactivated"}),
    "recovery_codes_generated": ("accounts.second_factor_changed", {"change": "recovery_codes_generated"}),
    "webauthn_added": ("accounts.second_factor_changed", {"change": "webauthn_added"}),
    "account_connected": ("accounts.outside_account_changed", {"change": "connected"}),
    "account_disconnected": ("accounts.outside_account_changed", {"change": "disconnected"}),
    "webauthn_removed": ("accounts.second_factor_changed", {"change": "webauthn_removed"}),
}


def note_sign_up(*, user: User) -> Event:
    """Record that this account was created by its person."""
    with transaction.atomic():
        return log.record("accounts.signed_up", by=user, subject=user, audience=[user])


def note_security_change(*, user: User, what: str) -> Event | None:
    """Record a change of password, address of sign-in or second step; None for anything else."""
    if what not in SECURITY_CHANGES:
        return None
    kind, data = SECURITY_CHANGES[what]
    with transaction.atomic():
        return log.record(kind, by=user, subject=user, data=data, audience=[user])


class Doer(models.TextChoices):
    """Who did it, as far as the person is told: colleagues and other people have no names here."""

    SELF = "self", _("by you")
    TEAM = "team", _("by our team")
    OTHER = "other", _("by somebody else")
    HOUSE = "house", _("automatically")


def events_about(user: User) -> QuerySet[Event]:
    """The events whose audience this person is, newest first; also before a merge of two rows.

    Each says ``doer``: one of our team is who had a role when it happened.
    """
    mine = one_person(user)
    told = EventAudience.objects.filter(user_id__in=mine).values("event_id")
    held = RoleGrant.objects.filter(user=OuterRef("by"), granted_at__lte=OuterRef("at")).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=OuterRef("at"))
    )
    doer = Case(
        When(by__isnull=True, then=Value(Doer.HOUSE)),
        When(by__in=mine, then=Value(Doer.SELF)),
        When(Exists(held), then=Value(Doer.TEAM)),
        default=Value(Doer.OTHER),
        output_field=CharField(),
    )
    rows = Event.objects.filter(pk__in=told).annotate(doer=doer)
    return rows.select_related("subject", "by").order_by("-pk")
