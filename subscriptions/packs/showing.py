"""The pack of a contract, as its holder sees it."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from subscriptions.models import Contract, Pack, PackSettlement, Plan
from subscriptions.packs import settling
from subscriptions.packs.health import Curve, curve_of


@dataclass(frozen=True)
class PackOfContract:
    """``price_cents`` is what buying it out costs now, gross; None without a recorded pack."""

    pack: Pack | None
    curve: Curve | None
    price_cents: int | None
    settlement: PackSettlement | None
    visits: list[tuple[str, str]]

    @property
    def is_open(self) -> bool:
        return self.settlement is not None and self.settlement.manner == PackSettlement.Manner.OPEN

    @property
    def visit_words(self) -> str:
        """The visit at which it is handed in; its number where the visit is over."""
        booked = self.settlement.visit_code if self.settlement else ""
        return dict(self.visits).get(booked, booked)


def pack_shown(*, contract: Contract, by: User, now: datetime) -> PackOfContract | None:
    """For a battery contract what its page says of the pack; None for other kinds."""
    if contract.plan.kind != Plan.Kind.BATTERY:
        return None
    pack = settling.pack_of_contract(contract=contract, now=now)
    settlement = PackSettlement.objects.filter(contract=contract).first()
    is_open = settlement is not None and settlement.manner == PackSettlement.Manner.OPEN
    return PackOfContract(
        pack,
        curve_of(pack),
        settling.price_of(contract=contract, pack=pack) if pack else None,
        settlement,
        settling.visits_of(contract=contract, by=by, now=now) if is_open else [],
    )
