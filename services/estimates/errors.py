"""Why an estimate can't be decided or changed any more."""

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from services.models import Estimate

State = Estimate.State


class AlreadyDecided(Conflict):
    code = "estimate_decided"

    def __init__(self) -> None:
        super().__init__(_("This estimate was decided already."))


class Replaced(Conflict):
    code = "estimate_replaced"

    def __init__(self) -> None:
        super().__init__(_("The workshop is revising this estimate. You will get a new one."))


class Expired(Conflict):
    code = "estimate_expired"

    def __init__(self) -> None:
        super().__init__(_("The time to decide is over. The workshop will get in touch with you."))


class NotOpen(Conflict):
    """For colleagues: it is no draft any more."""

    code = "estimate_not_draft"

    def __init__(self) -> None:
        super().__init__(_("This estimate was sent; take it back to revise it."))


def reason_closed(state: str) -> Conflict:
    """What to say to somebody who decides about an estimate in this state."""
    closed: dict[str, Conflict] = {
        State.DECIDED: AlreadyDecided(),
        State.REPLACED: Replaced(),
        State.EXPIRED: Expired(),
    }
    return closed[state]
