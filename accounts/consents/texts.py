"""The words of consents: versions that staff publish, what differs, and whose consent ends with one."""

from collections.abc import Iterator
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.consents import consents
from accounts.models import ConsentEntry, ConsentText, User
from accounts.telling import inbox
from common.errors import Conflict, Invalid, NotAllowed
from journal import log
from journal.models import Event

PERMISSION = "accounts.publish_consent_texts"
SHORTEST = 20  # characters of a text that can inform anybody


class Wording(NamedTuple):
    title_de: str
    title_en: str
    text_de: str
    text_en: str


class Piece(NamedTuple):
    """A run of words that stayed, went or came."""

    words: str
    sort: str  # "same", "gone", "new"


class Overview(NamedTuple):
    purpose: consents.Purpose
    text: ConsentText | None
    agreed: int


def overview() -> list[Overview]:
    """Every purpose with its current text and how many allow it in a version that counts; two queries."""
    names = [purpose.name for purpose in consents.all_purposes()]
    texts: dict[str, ConsentText] = {}
    since: dict[str, int] = {}
    for text in ConsentText.objects.filter(purpose__in=names).order_by("version"):
        texts[text.purpose] = text
        if text.asks_again:
            since[text.purpose] = text.version
    last = (ConsentEntry.objects.filter(purpose__in=names).order_by("user_id", "purpose", "-id")).distinct(
        "user_id", "purpose"
    )
    agreed: dict[str, int] = {}
    for purpose, version, given in last.values_list("purpose", "text__version", "given"):
        agreed[purpose] = agreed.get(purpose, 0) + (given and version >= since.get(purpose, 1))
    return [
        Overview(purpose, texts.get(purpose.name), agreed.get(purpose.name, 0))
        for purpose in consents.all_purposes()
    ]


def versions_of(purpose: str) -> QuerySet[ConsentText]:
    """All versions of a purpose's text, newest first. Raises NotFound for an unknown purpose."""
    known = consents.purpose_named(purpose)
    return ConsentText.objects.filter(purpose=known.name).select_related("published_by").order_by("-version")


def publish_text(
    *, by: User, purpose: str, wording: Wording, asks_again: bool, after: int, now: datetime
) -> ConsentText:
    """Put a new version in force at once, after version ``after`` (0: the first).

    With ``asks_again`` every consent to an earlier version ends: they are asked again, and
    told so once. Without, consents go on, for corrections that change nothing of substance.
    Raises Conflict when somebody published meanwhile, Invalid for words too short to inform or
    no change at all, NotAllowed without the permission, NotFound for an unknown purpose.
    """
    if not by.has_permission(PERMISSION):
        raise NotAllowed(_("You may not publish texts."))
    known = consents.purpose_named(purpose)
    words = Wording(*(" ".join(w.split()) for w in wording[:2]), *(_tidy(w) for w in wording[2:]))
    _check(words)
    with transaction.atomic():
        _queue_up(known.name)
        last = versions_of(known.name).first()
        if (last.version if last else 0) != after:
            raise Conflict(
                _("Somebody has published a new version meanwhile. Please look at it first."),
                code="consent_text_changed",
            )
        if last and words == Wording(last.title_de, last.title_en, last.text_de, last.text_en):
            raise Invalid(_("Nothing differs from the current version."), code="consent_text_same")
        text = ConsentText.objects.create(
            purpose=known.name,
            version=after + 1,
            **words._asdict(),
            asks_again=asks_again or last is None,
            published_at=now,
            published_by=by,
        )
        log.record(
            "accounts.consent_text_published",
            by=by,
            subject=text,
            data={"purpose": known.name, "version": text.version, "asks_again": text.asks_again},
            at=now,
        )
    return text


def tell_of_lapse(event: Event) -> int:
    """Tell those whose consent ended with a published text, once, in their inboxes; how many."""
    text = ConsentText.objects.get(pk=event.subject.object_id)
    if not text.asks_again:
        return 0
    last = (
        ConsentEntry.objects.filter(purpose=text.purpose, user__is_active=True)
        .order_by("user_id", "-id")
        .distinct("user_id")
        .values_list("user_id", "given", "text__version")
    )
    lapsed = [user_id for user_id, given, version in last if given and version < text.version]
    return inbox.notify_many(
        users=lapsed, kind="accounts.consent_asked_again", url="/account/consents/", event=event
    )


def difference(old: str, new: str) -> list[Piece]:
    """What went and what came, word by word, in reading order."""
    return list(_pieces(old.split(" "), new.split(" ")))


def _queue_up(purpose: str) -> None:
    """Two who publish at once follow each other, also where no row is there to be locked yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"consent-text:{purpose}"])


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(" ".join(old[a:b]), "same")
            continue
        if b > a:
            yield Piece(" ".join(old[a:b]), "gone")
        if d > c:
            yield Piece(" ".join(new[c:d]), "new")


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def _check(words: Wording) -> None:
    named: dict[str, Any] = words._asdict()
    for field, value in named.items():
        least = SHORTEST if field.startswith("text") else 3
        if len(value) < least:
            raise Invalid(
                _("Both languages need a title and a text that says what happens with the data."),
                code="consent_text_short",
                field=field,
            )
