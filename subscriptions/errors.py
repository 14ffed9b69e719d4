"""What can go wrong with a contract, in words."""

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Invalid, NotFound


class OfferChanged(Conflict):
    """Price or terms are no longer those that were shown."""

    code = "offer_changed"

    def __init__(self) -> None:
        super().__init__(_("Price or terms have changed since you saw them. Please look at the offer again."))


class AlreadySubscribed(Conflict):
    """The car (or the person) has such a contract on one of the days."""

    code = "already_subscribed"

    def __init__(self, *, field: str | None) -> None:
        super().__init__(
            _(
                "There is such a contract already on these days. "
                "Choose a later start, or cancel the other first."
            ),
            field=field,
        )


class AlreadyEnded(Conflict):
    """Cancelled, withdrawn or over before."""

    code = "already_ended"


class ChangeImpossible(Conflict):
    """The contract can't be changed in this way now; the words say why."""

    code = "change_impossible"


class WithdrawalOver(Conflict):
    """The 14 days have passed."""

    code = "withdrawal_period_over"


class StartInvalid(Invalid):
    """A start in the past or too far ahead."""

    code = "start_invalid"


class VehicleMissing(Invalid):
    """This plan belongs to a car, and none was named."""

    code = "vehicle_required"


class VehicleNotOwned(NotFound):
    """Not a car of this person."""

    code = "vehicle_not_found"


class HolderMismatch(Invalid):
    """The car belongs to another holder than the one who orders."""

    code = "holder_mismatch"

    def __init__(self, owner: str) -> None:
        words = (
            _("This car belongs to %(name)s. Please order in its name.") % {"name": owner}
            if owner
            else _("This car is your own. Please order for yourself.")
        )
        super().__init__(words, field="organisation")


class NoConsumer(Conflict):
    """Only consumers withdraw (BGB §312g(1), §355)."""

    code = "no_consumer"


class ContractNotFound(NotFound):
    """Not a contract of this person."""

    code = "contract_not_found"


class TooManyDeclarations(Invalid):
    """More declarations from one address than a person writes."""

    code = "too_many_declarations"
    status = 429
