"""Two cases that are one concern."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cases.handling import require_open
from accounts.cases.locking import locked_for_staff, store
from accounts.models import Case, CaseLink, CaseMessage, User
from common.errors import Conflict, Invalid
from journal import log


def merge_cases(*, by: User, kept: Case, gone: Case, expected: int | None = None, now: datetime) -> Case:
    """Put ``gone`` into ``kept``, with all messages and links; the customer sees one.

    The earlier promise holds. ``expected`` is the version of ``gone``. Raises Invalid for a case
    and itself, Conflict for cases of different people or a closed one, NotFound for one merged
    before or out of reach.
    """
    if kept.pk == gone.pk:
        raise Invalid(_("Choose another request."), code="same_case")
    with transaction.atomic():
        # In the order of numbers: two who merge both ways at once must not wait for each other.
        list(Case.objects.filter(pk__in=[kept.pk, gone.pk]).order_by("pk").select_for_update(of=("self",)))
        into = locked_for_staff(by=by, case=kept)
        away = locked_for_staff(by=by, case=gone, expected=expected)
        require_open(into)
        require_open(away)
        if not _same_person(into, away):
            raise Conflict(
                _("These requests are of different people: they stay apart."), code="different_people"
            )
        _move(away, into)
        _unite(into, away)
        away.state, away.merged_into, away.left_seconds = Case.State.MERGED, into, None
        log.record(
            "accounts.case_merged",
            by=by,
            subject=away,
            data={"code": away.code, "into": into.pk, "into_code": into.code},
            audience=[away.customer] if away.customer else [],
            at=now,
        )
        log.record("accounts.case_absorbed", by=by, subject=into, data={"gone": away.pk}, at=now)
        store(away, "state", "merged_into", "left_seconds")
        store(into, "state", "promised_by", "left_seconds", "reminded_at", "has_news", "answered_at")
    return into


def _same_person(one: Case, other: Case) -> bool:
    """The same account, or guests with the same address; a guest's link must not open an account's case."""
    if one.customer_id or other.customer_id:
        return one.customer_id == other.customer_id
    same_mail = bool(one.contact_email) and one.contact_email == other.contact_email
    nobody_else = not one.contact_email and not other.contact_email
    return same_mail or (nobody_else and one.contact_phone == other.contact_phone)


def _move(away: Case, into: Case) -> None:
    CaseMessage.objects.filter(case=away).update(case=into)
    there = CaseLink.objects.filter(case=into)
    for link in CaseLink.objects.filter(case=away):
        if not there.filter(kind=link.kind, object_id=link.object_id).exists():
            link.case = into
            link.save(update_fields=["case"])
    CaseLink.objects.filter(case=away).delete()
    Case.objects.filter(merged_into=away).update(merged_into=into)


def _unite(into: Case, away: Case) -> None:
    """Our turn if it is in one of them, by the earlier promise."""
    waiting = Case.State.WAITING
    turns = [case for case in (into, away) if case.state != waiting]
    if turns:
        first = min(turns, key=lambda case: case.promised_by)
        into.promised_by, into.reminded_at = first.promised_by, first.reminded_at
        into.state, into.left_seconds = Case.State.OPEN, None
    into.has_news = into.has_news or away.has_news
    answered = [moment for moment in (into.answered_at, away.answered_at) if moment]
    into.answered_at = min(answered) if answered else None
