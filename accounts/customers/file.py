"""The customer file for staff: sections that the apps register, each for those who may see it.

What a role may not see is not there at all, in the page as in the API. The forum registers
nothing: who somebody is there stays apart. Looking is written down, for the customer to read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import PERMISSIONS
from common.errors import NotFound
from journal import log
from journal.models import Event

LOOK_AGAIN = timedelta(minutes=10)
AT_A_GLANCE = 5  # rows of a section on the file's own page


class Entry(NamedTuple):
    """One row of a section, in words; ``kind`` and ``id`` say what it is, ``url`` where staff go."""

    title: Any
    text: Any = ""
    state: Any = ""
    tone: str = ""  # of the state: "good", "wait", "bad" or nothing
    url: str = ""
    kind: str = ""
    id: int | None = None


class Reading(NamedTuple):
    """Rows of a section, the most important first, and how one becomes an entry."""

    rows: "QuerySet[Any] | Sequence[Any]"
    shape: Callable[[Any], Entry]


@dataclass(frozen=True)
class Section:
    """``read(customer, by, now)`` finds what ``by``, who holds ``permission``, may see."""

    name: str  # of an address: "visits"
    label: Any
    permission: str
    read: Callable[[User, User, datetime], Reading]
    place: int
    icon: str = "info"
    template: str = "accounts/_customer_entries.html"


class Shown(NamedTuple):
    section: Section
    entries: list[Entry]
    has_more: bool


class Laid(NamedTuple):
    """Sections with something in them in two columns of like height; the others by name only."""

    columns: list[list[Shown]]
    empty: list[Section]


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    """From an app's apps.py. KeyError for a permission that the table does not have."""
    PERMISSIONS[section.permission]
    _sections[section.name] = section


def sections_for(user: User) -> list[Section]:
    """What this person may see of any customer, in its order."""
    found = [section for section in _sections.values() if user.has_permission(section.permission)]
    return sorted(found, key=lambda section: section.place)


def section_named(name: str, *, by: User) -> Section:
    """Raises NotFound for one that there is not, for this person."""
    for section in sections_for(by):
        if section.name == name:
            return section
    raise NotFound(_("There is no such part of the file."))


def read_file(*, customer: User, by: User, now: datetime) -> list[Shown]:
    """The sections that ``by`` may see, the first rows of each: one query or two per section."""
    found = []
    for section in sections_for(by):
        reading = section.read(customer, by, now)
        rows = list(reading.rows[: AT_A_GLANCE + 1])
        entries = [reading.shape(row) for row in rows[:AT_A_GLANCE]]
        found.append(Shown(section, entries, len(rows) > AT_A_GLANCE))
    return found


def lay_out(shown: list[Shown]) -> Laid:
    """For a page: the next section goes where there is more room."""
    columns: list[list[Shown]] = [[], []]
    heights = [0, 0]
    for each in shown:
        if each.entries:
            place = 0 if heights[0] <= heights[1] else 1
            columns[place].append(each)
            heights[place] += len(each.entries) + 2  # its head and the gap below
    return Laid(
        [column for column in columns if column], [each.section for each in shown if not each.entries]
    )


def note_look(*, by: User, customer: User, now: datetime) -> Event | None:
    """Write down that somebody looked at a file: once in ten minutes for a pair, else None."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # two tabs at once are one look
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"accounts.customer_viewed:{by.pk}:{customer.pk}"],
            )
        seen = Event.objects.filter(
            kind="accounts.customer_viewed",
            by=by,
            subject__kind=User._meta.label_lower,
            subject__object_id=customer.pk,
            at__gt=now - LOOK_AGAIN,
        )
        if seen.exists():
            return None
        return log.record("accounts.customer_viewed", by=by, subject=customer, audience=[customer], at=now)
