"""What moves when two rows turn out to be one person, and what stays: filled by the apps.

Every foreign key to a person is named here, as moving or as staying with a reason; a test
walks all models and fails for one that is forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User

Rows = Callable[[User, User], Q]


@dataclass(frozen=True)
class Mover:
    """Rows of ``model`` ("services.appointment") move with the person in ``field``.

    ``label`` names them in the preview, in the plural; without one they move unsaid (the forum).
    ``stays(kept, gone)`` are rows of ``gone`` that stay, for ``kept`` has the like; those of them
    that are in force are closed by setting ``closes`` to the instant of the merge.
    """

    model: str
    field: str
    label: Any = ""
    stays: Rows | None = None
    closes: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.model.lower(), self.field

    def table(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows_of(self, user: User) -> QuerySet[Any]:
        return self.table()._base_manager.filter(**{self.field: user.pk})

    def moving(self, kept: User, gone: User) -> QuerySet[Any]:
        rows = self.rows_of(gone)
        # By key: a negated condition over nullable columns would lose rows.
        return rows.exclude(pk__in=self.staying(kept, gone).values("pk")) if self.stays else rows

    def staying(self, kept: User, gone: User) -> QuerySet[Any]:
        rows = self.rows_of(gone)
        return rows.filter(self.stays(kept, gone)) if self.stays else rows.none()


class Clash(NamedTuple):
    """What two rows have against becoming one: words, and whether it has to be settled first."""

    words: str
    blocks: bool


Clashes = Callable[[User, User, datetime], list[Clash]]
# A person's own row and the shells merged into it.
ONE_PERSON = """WITH RECURSIVE one AS (SELECT %s::bigint AS id UNION SELECT merge.gone_id
    FROM accounts_customermerge merge JOIN one ON merge.kept_id = one.id WHERE merge.undone_at IS NULL)
    SELECT id FROM one"""

_movers: dict[tuple[str, str], Mover] = {}
_stays: dict[tuple[str, str], str] = {}
_clashes: list[Clashes] = []


def register_mover(mover: Mover) -> None:
    """From an app's apps.py."""
    _movers[mover.key] = mover


def register_stay(model: str, field: str, why: str) -> None:
    """This reference stays with the old row; ``why`` is for readers of the code."""
    _stays[(model.lower(), field)] = why


def register_clashes(find: Clashes) -> None:
    """``find(kept, gone, now)`` says in words what stands between two rows."""
    if find not in _clashes:
        _clashes.append(find)


def all_movers() -> list[Mover]:
    """In the order of their registration: lower apps first."""
    return list(_movers.values())


def mover_named(model: str, field: str) -> Mover | None:
    return _movers.get((model, field))


def staying_fields() -> dict[tuple[str, str], str]:
    return dict(_stays)


def clashes_between(kept: User, gone: User, now: datetime) -> list[Clash]:
    """All that the apps have to say, what blocks first."""
    found = [clash for find in _clashes for clash in find(kept, gone, now)]
    return sorted(found, key=lambda clash: not clash.blocks)


def one_person(user: User) -> RawSQL:
    """The ids of all rows that are this person: their own and the shells merged into it."""
    return RawSQL(ONE_PERSON, [user.pk])  # noqa: S611 (constant text, bound value)
