"""What can go wrong with a pack, in words."""

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, NotFound


class PackNotFound(NotFound):
    """No pack with this serial number."""

    code = "pack_not_found"

    def __init__(self) -> None:
        super().__init__(_("There is no battery with this serial number."), field="serial")


class PackElsewhere(Conflict):
    """In another car at this instant."""

    code = "pack_elsewhere"

    def __init__(self) -> None:
        super().__init__(_("This battery is in another car. Take it out there first."), field="serial")


class NoPackFitted(Conflict):
    """The car has none."""

    code = "no_pack_fitted"

    def __init__(self) -> None:
        super().__init__(_("No battery is recorded in this car."))


class AlreadySettled(Conflict):
    """Bought, returned, taken over or lost before."""

    code = "already_settled"

    def __init__(self) -> None:
        super().__init__(_("It is settled already what becomes of this battery."))


class PriceChanged(Conflict):
    """Another price than the one shown."""

    code = "price_changed"

    def __init__(self) -> None:
        super().__init__(_("The price has changed since you saw it. Please look again."))
