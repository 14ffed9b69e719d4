"""Finding a customer by whatever they say on the phone; forgiving of typos and writings.

Apps register searchers; each answers with people and the reason why. What was typed is kept
nowhere. Shells are never found: their things have moved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.cases import queues
from accounts.models import Case, User
from accounts.permissions import PERMISSIONS
from common import brand
from common.codes import parse_code

EXACT, PART, LIKE = 0, 1, 2
LIMIT = 20
LONGEST = 100  # characters
ENOUGH_DIGITS = 4


class Hit(NamedTuple):
    """``rank`` EXACT, PART or LIKE; ``likeness`` 0 to 1 orders within it; ``label`` and ``value`` say why."""

    user_id: int
    rank: int
    likeness: float
    label: Any
    value: str = ""


@dataclass(frozen=True)
class Asked:
    """What was typed, in the ways that searchers want it."""

    typed: str
    by: User
    now: datetime

    @property
    def compact(self) -> str:
        """Capitals without blanks and hyphens: a plate, a VIN."""
        return "".join(char for char in self.typed.upper() if char.isalnum())

    @property
    def code(self) -> str | None:
        """The short code that it is, with or without the brand's prefix."""
        return parse_code(self.typed) or parse_code(brand.current()["code_prefix"] + self.typed)

    @property
    def is_number(self) -> bool:
        """Looks like a phone number: digits and what people put between them."""
        digits = sum(char.isdecimal() for char in self.typed)
        return digits >= ENOUGH_DIGITS and all(
            char.isdecimal() or char in "+ ()/-.\u00a0" for char in self.typed
        )


@dataclass(frozen=True)
class Searcher:
    """``find(asked)`` is run for those who hold ``permission``."""

    name: str
    permission: str
    find: Callable[[Asked], list[Hit]]


class Found(NamedTuple):
    """A customer and the best reason for showing them."""

    customer: User
    label: Any
    value: str
    is_exact: bool


_searchers: dict[str, Searcher] = {}


def register_searcher(searcher: Searcher) -> None:
    """From an app's apps.py. KeyError for a permission that the table does not have."""
    PERMISSIONS[searcher.permission]
    _searchers[searcher.name] = searcher


def find_customers(*, by: User, typed: str, now: datetime, limit: int = LIMIT) -> list[Found]:
    """Whom ``typed`` may mean, exact hits first, each with the reason; nobody for nothing typed."""
    words = " ".join(typed.replace("\x00", "").split())[:LONGEST]
    if not words:
        return []
    asked = Asked(words, by, now)
    hits = [
        hit
        for searcher in _searchers.values()
        if by.has_permission(searcher.permission)
        for hit in searcher.find(asked)
    ]
    best: dict[int, Hit] = {}
    for hit in sorted(hits, key=lambda hit: (hit.rank, -hit.likeness)):
        best.setdefault(hit.user_id, hit)
    first = dict(list(best.items())[: 2 * limit])
    people = User.objects.filter(pk__in=first, standing__in=[User.Standing.ACCOUNT, User.Standing.CUSTOMER])
    rows = {person.pk: person for person in people}
    return [
        Found(rows[pk], hit.label, hit.value, hit.rank == EXACT) for pk, hit in first.items() if pk in rows
    ][:limit]


def find_duplicates(
    *,
    by: User,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    phone: str = "",
    now: datetime,
    limit: int = 5,
) -> list[Found]:
    """Who is probably meant by a new customer's details: the same mail or phone, or a like name."""
    found: dict[int, Found] = {}
    for typed in (email, phone, f"{first_name} {last_name}" if first_name and last_name else ""):
        for each in find_customers(by=by, typed=typed, now=now, limit=limit):
            found.setdefault(each.customer.pk, each)
    return list(found.values())[:limit]


def register() -> None:
    """What the account itself is found by."""
    register_searcher(Searcher("accounts.email", "accounts.view_customers", _by_email))
    register_searcher(Searcher("accounts.phone", "accounts.view_customers", _by_phone))
    register_searcher(Searcher("accounts.case", "accounts.enter_desk", _by_case))
    register_searcher(Searcher("accounts.name", "accounts.view_customers", _by_name))


def _by_email(asked: Asked) -> list[Hit]:
    if "@" not in asked.typed:
        return []
    rows = User.objects.filter(email=asked.typed.lower()).values_list("pk", "email")
    return [Hit(pk, EXACT, 1, _("E-mail"), email or "") for pk, email in rows]


def _by_case(asked: Asked) -> list[Hit]:
    if asked.code is None:
        return []
    rows = Case.objects.filter(queues.handled_by(asked.by), code=asked.code, customer__isnull=False)
    return [Hit(pk, EXACT, 1, _("Request"), code) for pk, code in rows.values_list("customer_id", "code")]


PHONE = """SELECT id, phone, accounts_digits(phone) = accounts_digits(%(typed)s)
    FROM accounts_user
    WHERE phone <> '' AND accounts_digits(phone) LIKE '%%' || accounts_digits(%(typed)s) || '%%'
    ORDER BY 3 DESC, last_name, id LIMIT %(limit)s"""


def _by_phone(asked: Asked) -> list[Hit]:
    if not asked.is_number:
        return []
    with connection.cursor() as cursor:
        cursor.execute(PHONE, {"typed": asked.typed, "limit": LIMIT})
        return [
            Hit(pk, EXACT if whole else PART, 1, _("Phone"), phone) for pk, phone, whole in cursor.fetchall()
        ]


# Every word (or one of its variants) must be like some word of name or mail: the index answers ``%%>``.
NAME = """SELECT id, likeness, first_name, last_name, email FROM (
    SELECT id, first_name, last_name, email, ({likeness}) / {count} AS likeness
    FROM (SELECT *, accounts_known_as(first_name, last_name, email) AS known_as FROM accounts_user
        WHERE {alike} AND standing IN ('account', 'customer') OFFSET 0) AS candidates
) AS alike ORDER BY likeness DESC, last_name, first_name, id LIMIT %(limit)s"""
ALIKE = "accounts_known_as(first_name, last_name, email) %%> %({name})s"
LIKENESS = "word_similarity(%({name})s, known_as)"
MOST_WORDS = 5
SHORT = 6  # letters: two of them swapped leave trigrams nothing to go by


def _by_name(asked: Asked) -> list[Hit]:
    typed = asked.typed.partition("@")[0]
    if not any(char.isalpha() for char in typed) or _by_email(asked):
        return []
    with transaction.atomic(), connection.cursor() as cursor:  # the threshold holds until its end
        cursor.execute(FOLDED, [typed])
        words = [word for word in cursor.fetchone()[0] if word][:MOST_WORDS]
        if not words:
            return []
        rows = _alike(cursor, [[word] for word in words])
        if not rows and any(SHORT >= len(word) > 2 for word in words):
            rows = _alike(cursor, [[word, *_swapped(word)] for word in words])
    return [_named(row, asked.typed) for row in rows]


FOLDED = "SELECT string_to_array(trim(regexp_replace(accounts_fold(%s), '[^[:alnum:]]+', ' ', 'g')), ' ')"


def _alike(cursor: Any, words: list[list[str]]) -> list[Any]:
    """``words`` with their variants, of which one has to fit."""
    values: dict[str, Any] = {"limit": 2 * LIMIT}
    alike, likeness = [], []
    for place, variants in enumerate(words):
        names = [f"w{place}v{number}" for number in range(len(variants))]
        values |= dict(zip(names, variants, strict=True))
        alike.append("(" + " OR ".join(ALIKE.format(name=name) for name in names) + ")")
        likeness.append("greatest(" + ", ".join(LIKENESS.format(name=name) for name in names) + ")")
    threshold = min(_threshold(word) for variants in words for word in variants)
    cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(threshold)])
    # Constant text, numbered names; what was typed travels as values.
    sql = NAME.format(likeness=" + ".join(likeness), count=len(words), alike=" AND ".join(alike))
    cursor.execute(sql, values)
    return list(cursor.fetchall())


def _threshold(word: str) -> float:
    """How alike a word must be: a typo costs up to four of its trigrams, of which it has one per
    letter and one more. "krögre" finds Kröger, "jansen" Janssen."""
    return 0.4 if len(word) <= SHORT else 0.5 if len(word) == SHORT + 1 else 0.55


def _swapped(word: str) -> list[str]:
    """A short word with two neighbours swapped back: "lnud" is "lund"."""
    if not SHORT >= len(word) > 2:
        return []
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def _named(row: tuple[Any, ...], typed: str) -> Hit:
    """Every word is there as typed: as good as exact; but a mail that was typed is not that mail."""
    pk, likeness, first, last, email = row
    if "@" in typed and email:
        return Hit(pk, LIKE, float(likeness), _("E-mail"), email)
    return Hit(pk, EXACT if likeness >= 1 else LIKE, float(likeness), _("Name"), f"{first} {last}".strip())
