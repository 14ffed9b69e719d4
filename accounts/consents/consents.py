"""What a person allows: purposes that apps register, texts that staff publish, a log that only grows.

The last entry of a purpose counts, as long as no later text asks again (GDPR Art. 6(1)(a), 7).
Reads that depend on a consent call ``has_consent``; nothing is ever presumed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import ConsentEntry, ConsentText, User
from common import codes
from common.errors import Conflict, NotFound
from journal import log

MARKETING_MAIL = "marketing_mail"
EMPLOYER_TRIPS = "employer_trips"

Way = ConsentEntry.Way


class Purpose(NamedTuple):
    """``area`` heads purposes that belong together; ``place`` orders them on the page.

    ``asked_by`` is the dotted path of the function that asks for this consent before anything is done.
    """

    name: str
    label: Any
    area: Any
    icon: str
    place: int
    asked_by: str


class Standing(NamedTuple):
    """How it is now between a person and a purpose.

    ``lapsed``: given once, but a later text asks again, so it counts no more.
    """

    purpose: Purpose
    text: ConsentText
    entry: ConsentEntry | None
    given: bool
    lapsed: bool


_purposes: dict[str, Purpose] = {}


def register_purpose(
    name: str, *, label: Any, area: Any, icon: str = "shield-check", place: int, asked_by: str
) -> None:
    """Called from an app's purposes.py; ``name`` is stable and stored with each consent.

    Nobody is asked for what nothing would do: ``asked_by`` names the function that reads it.

    People see a purpose once it has a text: ``publish_text``, or one that came with a release.
    """
    _purposes[name] = Purpose(name, label, area, icon, place, asked_by)


def all_purposes() -> list[Purpose]:
    """What the apps ask for, in the order of the page."""
    return sorted(_purposes.values(), key=lambda purpose: purpose.place)


def purpose_named(name: str) -> Purpose:
    """Raises NotFound for a purpose that nobody registered."""
    if name not in _purposes:
        raise NotFound(_("There is no such purpose."))
    return _purposes[name]


def has_consent(*, user: User, purpose: str, now: datetime) -> bool:
    """Whether the person allows this at ``now``: one query. KeyError for an unknown purpose."""
    return user.pk in consenting([user], purpose=purpose, now=now)


def consenting(users: Sequence[User], *, purpose: str, now: datetime) -> set[int]:
    """The ids of those among ``users`` who allow this at ``now``, in one query."""
    known = _purposes[purpose]
    later = ConsentText.objects.filter(
        purpose=OuterRef("purpose"),
        version__gt=OuterRef("text__version"),
        asks_again=True,
        published_at__lte=now,
    )
    last = (
        ConsentEntry.objects.filter(user__in=users, purpose=known.name, at__lte=now)
        .order_by("user_id", "-id")
        .distinct("user_id")
        .values_list("user_id", "given", Exists(later))
    )
    return {user_id for user_id, given, asked_again in last if given and not asked_again}


def give_consent(*, by: User, purpose: str, version: int, way: Way, now: datetime) -> ConsentEntry:
    """Allow a purpose in the words of ``version``, the text that the person has read.

    Raises Conflict when a newer text has been published since, NotFound for an unknown purpose.
    Giving again what is given changes nothing and returns the entry that counts.
    """
    with transaction.atomic():
        text, before = _stand_of(by, purpose)
        if version != text.version:
            raise Conflict(
                _("This text has changed since you opened the page. Please read it again."),
                code="consent_text_changed",
            )
        if before and before.given and before.text_id == text.pk:
            return before
        return _note(by=by, text=text, given=True, way=way, now=now)


def withdraw_consent(*, by: User, purpose: str, way: Way, now: datetime) -> ConsentEntry | None:
    """Take a consent back, from now on (GDPR Art. 7(3)); it needs no reading and never conflicts.

    Returns None when it was never given. Raises NotFound for an unknown purpose.
    """
    with transaction.atomic():
        __, before = _stand_of(by, purpose)
        if before is None or not before.given:
            return before
        # What is withdrawn is what was given, in the words of then.
        return _note(by=by, text=before.text, given=False, way=way, now=now)


def standings_of(user: User) -> list[Standing]:
    """How it is with every purpose that has a text, in two queries."""
    names = list(_purposes)
    texts: dict[str, list[ConsentText]] = {}
    for text in ConsentText.objects.filter(purpose__in=names).order_by("version"):
        texts.setdefault(text.purpose, []).append(text)
    last = ConsentEntry.objects.filter(user=user, purpose__in=names).order_by("purpose", "-id")
    entries = {entry.purpose: entry for entry in last.distinct("purpose").select_related("text")}
    return [
        _standing(purpose, texts[purpose.name], entries.get(purpose.name))
        for purpose in all_purposes()
        if purpose.name in texts
    ]


def entries_of(user: User) -> QuerySet[ConsentEntry]:
    """The person's log, newest first."""
    return ConsentEntry.objects.visible_to(user).select_related("text").order_by("-pk")


def current_text(purpose: str) -> ConsentText:
    """The text that people are asked with now. Raises NotFound without one."""
    text = ConsentText.objects.filter(purpose=purpose_named(purpose).name).order_by("-version").first()
    if text is None:
        raise NotFound(_("Nobody has written the words for this purpose yet."))
    return text


def _standing(purpose: Purpose, texts: list[ConsentText], entry: ConsentEntry | None) -> Standing:
    if entry is None or not entry.given:
        return Standing(purpose, texts[-1], entry, given=False, lapsed=False)
    lapsed = any(text.asks_again and text.version > entry.text.version for text in texts)
    return Standing(purpose, texts[-1], entry, given=not lapsed, lapsed=lapsed)


def _stand_of(user: User, purpose: str) -> tuple[ConsentText, ConsentEntry | None]:
    """The current text and the last entry; the person's row is held, so that one decides at a time.

    The order of entries is therefore that of the journal, whoever asked first.
    """
    text = current_text(purpose)
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    return text, entries_of(user).filter(purpose=purpose).first()


def _note(*, by: User, text: ConsentText, given: bool, way: Way, now: datetime) -> ConsentEntry:
    """One entry of the log and its event."""
    entry = ConsentEntry.objects.create(
        user=by,
        text=text,
        purpose=text.purpose,
        given=given,
        way=way,
        at=now,
        code=codes.unused_code(ConsentEntry.objects.all()),
    )
    log.record(
        "accounts.consent_given" if given else "accounts.consent_withdrawn",
        by=by,
        subject=by,
        data={"purpose": text.purpose, "version": text.version, "code": entry.code},
        audience=[by],
        at=now,
    )
    return entry
