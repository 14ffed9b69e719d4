"""The packs' part of a person's data: what they had in their cars, and what became of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy.parts import Attached, Fate, PersonalData, Sheet, register_part
from subscriptions.models import Pack, PackFitting, PackHealth, PackSettlement, Takeover

Row = dict[str, Any]


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("takeovers", _("Contracts that you let go with a car"), lambda: _takeovers(user))
    yield Sheet("battery-ends", _("What became of the batteries of your contracts"), lambda: _ends(user))


def _ends(user: User) -> Iterator[Row]:
    rows = PackSettlement.objects.filter(contract__holder=user).select_related("contract", "pack")
    for row in rows.order_by("pk"):
        yield {
            "contract": row.contract.code,
            "battery": row.pack.serial if row.pack else None,
            "became": row.get_manner_display(),
            "price_cents": row.price_cents,
            "visit": row.visit_code,
            "opened": row.opened_at,
            "settled": row.settled_at,
        }


def _takeovers(user: User) -> Iterator[Row]:
    rows = Takeover.objects.filter(contract__holder=user).select_related("contract")
    for row in rows.order_by("pk"):
        yield {
            "contract": row.contract.code,
            "offered": row.offered_at,
            "approved": row.approved_at,
            "ended": row.ended_at,
            "cut_off": row.cut_off,
        }


def lock(*, user: User, now: datetime) -> None:
    """Packs hang on cars and contracts, which point at an empty shell from now on."""


KEPT: dict[type[models.Model], Fate] = dict.fromkeys(
    (Pack, PackHealth, PackFitting, PackSettlement, Takeover), Fate.KEPT
)
register_part(
    PersonalData(
        name="packs",
        label=_("Batteries"),
        models=KEPT,
        export=export,
        erase=lock,
        place=66,
        stays=_("Batteries with their serial numbers, and in which car they were: without your name."),
    )
)
