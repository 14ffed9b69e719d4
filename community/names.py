"""Names in the forum: chosen, apart from the legal name, and never one that passes for another."""

import re
import secrets
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from common import brand
from common.errors import Conflict, Invalid
from community import limits
from community.models import MemberProfile
from journal.log import record

if TYPE_CHECKING:
    from accounts.models import User

MIN_LENGTH, MAX_LENGTH = 3, 24
_SEPARATORS = "-_."
_FOLDED = str.maketrans({"0": "o", "1": "l", "i": "l", "ı": "l", "5": "s", "ß": "ss", "_": "-", ".": "-"})
_RESERVED = ("admin", "moderat", "support", "service", "official", "offiziell", "system", "redaktion")
_FIRST = ("Polar", "Heide", "Fjord", "Birken", "Schnee", "Küsten", "Sternen", "Wald", "Morgen", "Insel")
_SECOND = ("fuchs", "licht", "wind", "falke", "luchs", "segler", "wanderer", "kranich", "funke", "pilot")


def normalise_handle(typed: str) -> str:
    """The handle as it is shown: NFKC, without blanks at the ends.

    Raises Invalid for a wrong length, for anything but Latin letters, digits and single
    separators (so that no zero-width or look-alike letter gets in), and for names that
    sound like the house itself.
    """
    handle = unicodedata.normalize("NFKC", typed).strip()
    if not MIN_LENGTH <= len(handle) <= MAX_LENGTH:
        raise Invalid(
            _("The name must have %(low)d to %(high)d characters.") % {"low": MIN_LENGTH, "high": MAX_LENGTH},
            code="handle_length",
            field="handle",
        )
    if not all(_is_plain(char) for char in handle) or not re.fullmatch(r"[^\W_](?:[-_.]?[^\W_])*", handle):
        raise Invalid(
            _("Please use Latin letters and digits; single hyphens, underscores or dots may stand between."),
            code="handle_characters",
            field="handle",
        )
    key = handle_key(handle)
    reserved = (*_RESERVED, brand.current()["name"])
    if any(handle_key(word).replace("-", "") in key.replace("-", "") for word in reserved):
        raise Invalid(
            _("This name sounds like an official one. Please choose another."),
            code="handle_reserved",
            field="handle",
        )
    return handle


def _is_plain(char: str) -> bool:
    if char in _SEPARATORS or char in "0123456789":
        return True
    return unicodedata.category(char) in ("Ll", "Lu") and unicodedata.name(char, "").startswith("LATIN ")


def handle_key(handle: str) -> str:
    """What a hurried eye makes of a handle: "AIice", "alice" and "A1ıce" have one key."""
    letters = unicodedata.normalize("NFKD", handle.casefold().translate(_FOLDED))
    plain = "".join(char for char in letters if not unicodedata.combining(char)).translate(_FOLDED)
    return plain.replace("rn", "m").replace("vv", "w")


def propose_handle() -> str:
    """A friendly name that says nothing about its bearer: "Polarfuchs382"."""
    return f"{secrets.choice(_FIRST)}{secrets.choice(_SECOND)}{secrets.randbelow(9000) + 1000}"


def ensure_member(*, user: "User", now: datetime, handle: str = "") -> MemberProfile:
    """The person's profile in the forum; made on first need, with the name they chose or a proposal.

    ``handle`` counts only at the first time. Raises what ``choose_handle`` raises.
    """
    member = MemberProfile.objects.filter(user=user).first()
    if member is None and handle:
        return choose_handle(by=user, handle=handle, now=now)
    while member is None:
        handle = propose_handle()
        MemberProfile.objects.bulk_create(
            [MemberProfile(user=user, handle=handle, handle_key=handle_key(handle), created_at=now)],
            ignore_conflicts=True,
        )
        # A name that was just taken gives no row: draw again.
        member = MemberProfile.objects.filter(user=user).first()
    return member


def choose_handle(*, by: "User", handle: str, now: datetime) -> MemberProfile:
    """Take a name in the forum, or change it; posts show the new one at once.

    Raises Invalid for an unsuitable name, Conflict (``handle_taken``) for one that is taken
    or looks like a taken one, TooMany for the sixth change of a day.
    """
    handle = normalise_handle(handle)
    member = ensure_member(user=by, now=now)
    if member.handle == handle:
        return member
    limits.count(user=by, action="name")
    member.handle, member.handle_key = handle, handle_key(handle)
    try:
        with transaction.atomic():
            member.save(update_fields=["handle", "handle_key"])
            record("community.name_chosen", by=by, subject=member, audience=[by])
    except IntegrityError as error:
        raise Conflict(
            _("This name is taken, or looks like one that is. Please choose another."),
            code="handle_taken",
            field="handle",
        ) from error
    return member
