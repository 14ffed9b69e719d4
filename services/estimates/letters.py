"""What goes with the confirmation of ordered work."""

from accounts.models import Notice
from accounts.telling.notice_kinds import Attachment
from services.booking import withdrawal
from services.estimates import deciding


def papers_of_order(notice: Notice) -> list[Attachment]:
    """Each estimate is an order of its own, so it is confirmed with the withdrawal notice (BGB §312f(2))."""
    visit = withdrawal.visit_of(notice)
    if visit is None or not deciding.needs_early_start(visit, notice.created_at):
        return []
    return [withdrawal.letter(language=notice.user.language, wished=visit.early_start_at is not None)]
