"""Reports of content that should not be there, and their decisions (DSA Art. 16 and 17)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.codes import unused_code
from common.errors import Conflict, Invalid, NotFound
from community import limits, moderation
from community.models import Post, Report
from journal import outbox
from journal.log import record

if TYPE_CHECKING:
    from accounts.models import User
    from community.models.categories import Reader

MAX_EXPLANATION = 4000
MAIL_CHANNEL = "report-mail"


def report_post(
    *,
    by: "Reader",
    post: Post,
    reason: str,
    explanation: str,
    good_faith: bool,
    now: datetime,
    law: str = "",
    notifier_name: str = "",
    notifier_email: str = "",
    address: str = "",
) -> Report:
    """Take down a report by anybody, signed in or not; ``code`` is the receipt (DSA Art. 16).

    Name and e-mail are needed of whoever is not signed in (Art. 16(2)(c)); ``address`` is the
    network address that the rate limit counts then. Raises NotFound for a post that the
    person can't read, Invalid with its field, TooMany.
    """
    if not Post.objects.visible_to(by).filter(pk=post.pk).exists():
        raise NotFound(_("There is no such post."))
    person = by if by.is_authenticated else None
    explanation = _checked(person, reason, explanation, good_faith, notifier_name, notifier_email)
    limits.count(user=person, address=address, action="report")
    with transaction.atomic():
        report = Report.objects.create(
            code=unused_code(Report.objects.all()),
            post=post,
            reported_by=person,
            notifier_name="" if person else notifier_name.strip(),
            notifier_email="" if person else notifier_email.strip(),
            reason=reason,
            explanation=explanation,
            law=law.replace("\0", "").strip()[:160],
            good_faith=True,
            created_at=now,
        )
        record(
            "community.report_received",
            by=person,
            subject=report,
            data={"report": report.pk, "post": post.pk, "reason": reason},
            audience=[person] if person else (),
        )
        if person is None:
            _mail(report, "received")
    return report


def _checked(
    person: "User | None", reason: str, explanation: str, good_faith: bool, name: str, email: str
) -> str:
    explanation = explanation.strip()
    if reason not in Report.Reason.values:
        raise Invalid(_("Please choose a reason."), code="report_reason", field="reason")
    if not 10 <= len(explanation) <= MAX_EXPLANATION or "\0" in explanation:
        raise Invalid(
            _("Please explain in 10 to %(limit)d characters what is wrong with this post.")
            % {"limit": MAX_EXPLANATION},
            code="report_explanation",
            field="explanation",
        )
    if not good_faith:
        raise Invalid(
            _("Please confirm that what you say is true to the best of your knowledge."),
            code="report_good_faith",
            field="good_faith",
        )
    if (person is None and not (name.strip() and "@" in email)) or "\0" in name + email:
        raise Invalid(
            _("Please give your name and e-mail, so that we can tell you what was decided."),
            code="report_notifier",
            field="notifier_email",
        )
    return explanation


def decide_report(*, by: "User", report: Report, outcome: str, statement: str, now: datetime) -> Report:
    """Decide a report, once; the post is hidden or its topic locked where that is the outcome.

    ``statement`` goes to the notifier and, where the post is hidden, to its author as the
    statement of reasons. Raises NotAllowed, Conflict (decided already), Invalid.
    """
    moderation.require_moderator(by)
    statement = moderation.clean_reason(statement, field="statement")
    if outcome not in Report.Outcome.values:
        raise Invalid(_("Please choose an outcome."), code="report_outcome", field="outcome")
    with transaction.atomic():
        report = (
            Report.objects.select_for_update(of=("self",)).select_related("post__topic").get(pk=report.pk)
        )
        if report.decided_at is not None:
            raise Conflict(_("Somebody has decided this report meanwhile."), code="report_decided")
        if outcome == Report.Outcome.HIDDEN and report.post.hidden_at is None:
            moderation.hide_post(by=by, post=report.post, reason=statement, now=now)
        if outcome == Report.Outcome.LOCKED and report.post.topic.locked_at is None:
            moderation.lock_topic(by=by, topic=report.post.topic, now=now)
        report.outcome, report.statement, report.decided_by, report.decided_at = outcome, statement, by, now
        report.save(update_fields=["outcome", "statement", "decided_by", "decided_at"])
        record(
            "community.report_decided",
            by=by,
            subject=report,
            data={"report": report.pk, "post": report.post_id, "outcome": outcome},
            audience=[report.reported_by] if report.reported_by else (),
        )
        if report.reported_by is None and report.notifier_email:
            _mail(report, "decided")
    return report


def _mail(report: Report, step: str) -> None:
    payload = {"report": report.pk, "step": step, "language": get_language() or "de"}
    outbox.enqueue(MAIL_CHANNEL, f"report:{report.pk}:{step}", payload)
