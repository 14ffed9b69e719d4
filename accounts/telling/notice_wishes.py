"""How a person wants to be told: per group and channel, when, and whether one mail a day is enough."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.consents import consents
from accounts.models import NoticePreference, NoticeTimes, User
from accounts.telling import notice_kinds
from accounts.telling.notice_kinds import Group, NoticeKind
from common.errors import Invalid

Channel = NoticePreference.Channel
Digest = NoticeTimes.Digest


class Wish(NamedTuple):
    """What holds for one group: the person's word, or the group's default."""

    group: Group
    mail: bool
    push: bool


def wishes_of(user: User) -> list[Wish]:
    """One wish per group, in one query."""
    said = {(row.group, row.channel): row.wanted for row in NoticePreference.objects.filter(user=user)}
    return [
        Wish(
            group,
            mail=said.get((group.name, Channel.MAIL), group.mail),
            push=said.get((group.name, Channel.PUSH), group.push),
        )
        for group in notice_kinds.all_groups()
    ]


def times_of(user: User) -> NoticeTimes:
    """Quiet hours and rhythm; unsaved with the defaults for somebody who never chose."""
    return NoticeTimes.objects.filter(user=user).first() or NoticeTimes(user=user)


def zone_of(user: User) -> ZoneInfo:
    return ZoneInfo(user.time_zone)


def wanted_channels(*, user: User, kind: NoticeKind, now: datetime) -> set[Channel]:
    """By which channels besides the inbox this kind goes to this person, one query or two.

    A required kind goes by mail whatever was switched; one that needs a consent goes nowhere
    without it.
    """
    if kind.consent and not consents.has_consent(user=user, purpose=kind.consent, now=now):
        return set()
    group = notice_kinds.group_named(kind.group)
    rows = NoticePreference.objects.filter(user=user, group=kind.group)
    said = dict(rows.values_list("channel", "wanted"))
    wanted = set()
    if kind.mail and (kind.required or said.get(Channel.MAIL, group.mail)):
        wanted.add(Channel.MAIL)
    if said.get(Channel.PUSH, group.push):
        wanted.add(Channel.PUSH)
    return wanted


def change_wishes(*, by: User, wishes: Mapping[tuple[str, str], bool]) -> list[Wish]:
    """Set ``{(group, channel): wanted}``; what is not named stays.

    Raises Invalid for an unknown group or channel.
    """
    known = {group.name for group in notice_kinds.all_groups()}
    for group, channel in wishes:
        if group not in known or channel not in Channel.values:
            raise Invalid(_("There is no such group of notices or channel."), code="notice_group_unknown")
    NoticePreference.objects.bulk_create(
        [
            NoticePreference(user=by, group=group, channel=channel, wanted=wanted)
            for (group, channel), wanted in wishes.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "group", "channel"],
        update_fields=["wanted"],
    )
    return wishes_of(by)


def change_times(*, by: User, quiet_from: time | None, quiet_until: time | None, digest: str) -> NoticeTimes:
    """Set the quiet hours (wall clock of the person's zone, may pass midnight) and the rhythm of mails.

    Raises Invalid for half a span, an empty one, or an unknown rhythm.
    """
    if (quiet_from is None) != (quiet_until is None):
        raise Invalid(
            _("Quiet hours need a beginning and an end."),
            code="quiet_hours_incomplete",
            field="quiet_from" if quiet_from is None else "quiet_until",
        )
    if quiet_from is not None and quiet_from == quiet_until:
        raise Invalid(
            _("Beginning and end are the same. Leave both empty for no quiet hours."),
            code="quiet_hours_empty",
            field="quiet_until",
        )
    if digest not in Digest.values:
        raise Invalid(_("Choose how often we may mail you."), code="digest_unknown", field="digest")
    values = {"quiet_from": quiet_from, "quiet_until": quiet_until, "digest": digest}
    with transaction.atomic():
        times, __ = NoticeTimes.objects.update_or_create(user=by, defaults=values)
    return times
