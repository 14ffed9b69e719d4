"""The brand of this house, and which legal texts it has: read once per process, not once per page.

Every process holds a snapshot. A token in the cache says whether it is still true; it is looked at
every few seconds (settings.HOUSE_CHECK_SECONDS), so that a change shows everywhere at once and a page
costs no query. Where the cache forgot the token, the database is asked and the token drawn anew.
"""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError
from stdnum import exceptions as stdnum_errors
from stdnum.eu import vat

from accounts.house import colours, desk_hours
from accounts.house.desk_hours import DeskHours
from accounts.models import Brand, LegalText, User
from common.errors import Invalid, NotAllowed
from documents import erasing, uploads
from documents.models import Document
from journal import log

SIGNAL = "house:changed"
SIGNAL_SECONDS = 60  # a change that the cache missed shows after this at the latest
LOGO_KIND = "accounts.logo"
IMPRINT = (
    "legal_name",
    "street",
    "postcode",
    "town",
    "represented_by",
    "register",
    "vat_id",
    "phone",
    "email",
)
# What DDG §5(1) asks of every company; register and VAT id only of those that have them.
IMPRINT_REQUIRED = ("legal_name", "street", "postcode", "town", "represented_by", "phone", "email")


@dataclass(frozen=True)
class TextInForce:
    kind: str
    version: int
    valid_from: date
    pk: int


@dataclass(frozen=True)
class Snapshot:
    """What pages need of the house. ``brand`` is empty for a house that was not set up."""

    brand: dict[str, Any] = field(default_factory=dict)
    published: tuple[TextInForce, ...] = ()  # oldest first
    desk: DeskHours = field(default_factory=DeskHours)

    def in_force(self, day: date) -> dict[str, TextInForce]:
        """The version of each kind that holds on this Berlin day."""
        return {text.kind: text for text in self.published if text.valid_from <= day}


@dataclass
class _Held:
    snapshot: Snapshot
    token: str | None
    checked_at: float  # monotonic seconds


_held: _Held | None = None


def snapshot() -> Snapshot:
    """The house as it is now, or was a few seconds ago."""
    global _held
    now = monotonic()
    if _held is not None and now - _held.checked_at < settings.HOUSE_CHECK_SECONDS:
        return _held.snapshot
    token = _shared_token()
    if _held is not None and token is not None and token == _held.token:
        _held.checked_at = now
        return _held.snapshot
    # The token first: what changes while we read is seen at the next look.
    _held = _Held(read_snapshot(), token, now)
    return _held.snapshot


def held_brand() -> dict[str, Any]:
    """What this process knows without asking anybody: for pages that say that the house is broken."""
    return {**settings.BRAND, **(_held.snapshot.brand if _held else {})}


def hold(known: Snapshot | None) -> None:
    """Take this as just read; None reads at the next look."""
    global _held
    _held = None if known is None else _Held(known, None, monotonic())


def read_snapshot() -> Snapshot:
    row = Brand.objects.select_related("logo").first()
    texts = LegalText.objects.filter(published_at__isnull=False).order_by("valid_from", "version")
    published = tuple(
        TextInForce(*values) for values in texts.values_list("kind", "version", "valid_from", "pk")
    )
    return Snapshot(_values(row) if row else {}, published, desk_hours.hours_of(row))


def brand_values() -> dict[str, Any]:
    """For common.brand: what stands instead of the settings."""
    return snapshot().brand


def tell_all() -> None:
    """After commit: this process and all others read anew."""
    transaction.on_commit(_tell, robust=True)


def _tell() -> None:
    hold(None)
    try:
        cache.set(SIGNAL, secrets.token_hex(8), SIGNAL_SECONDS)
    except RedisError:
        return  # seen once the token's time is up


def _shared_token() -> str | None:
    try:
        token = cache.get(SIGNAL)
        if token is None:
            cache.add(SIGNAL, secrets.token_hex(8), SIGNAL_SECONDS)
            token = cache.get(SIGNAL)
    except RedisError:
        return None
    return token if isinstance(token, str) else None


def _values(row: Brand) -> dict[str, Any]:
    place = f"{row.postcode} {row.town}".strip()
    values: dict[str, Any] = {
        "name": row.name,
        "legal_name": row.legal_name or row.name,
        "address": ", ".join(part for part in (row.street, place) if part),
        "street": row.street,
        "place": place,
        "email": row.email,
        "phone": row.phone,
        "represented_by": row.represented_by,
        "register": row.register,
        "vat_id": row.vat_id,
    }
    if row.colour_light:
        values["colour"] = row.colour_light
        values["colour_dark"] = row.colour_dark
    if row.logo is not None and row.logo.is_ready:
        values["logo_url"] = f"/brand/logo-{row.logo.sha256[:12]}.webp"
        values["logo_type"] = row.logo.media_type
    return values


# -- changing it ------------------------------------------------------------------------------


def brand_row() -> Brand:
    """The row, or an unsaved one with what the house starts with."""
    found = Brand.objects.select_related("logo").first()
    return found or Brand(name=settings.BRAND["name"], colour_light=settings.BRAND["colour"])


def change_brand(*, by: User, changes: dict[str, Any], now: datetime) -> Brand:
    """Write the named fields of the brand; the first change makes its row.

    Colours must be readable (WCAG AA), a VAT id must be one, the desk must open. Raises NotAllowed, Invalid.
    """
    require_right(by)
    if changes.get("colour_light"):
        colours.require_readable(changes["colour_light"], theme="light", field="colour_light")
        dark = changes.get("colour_dark") or colours.nearest_readable(changes["colour_light"], theme="dark")
        colours.require_readable(dark, theme="dark", field="colour_dark")
        changes = {**changes, "colour_dark": dark}
    if changes.get("vat_id"):
        changes = {**changes, "vat_id": _checked_vat_id(changes["vat_id"])}
    with transaction.atomic():
        row, _new = Brand.objects.select_for_update(of=("self",)).get_or_create(
            only=True, defaults={"name": settings.BRAND["name"]}
        )
        desk_hours.require_open(row, changes)
        changed = [name for name, value in changes.items() if getattr(row, name) != value]
        if changed:
            for name in changed:
                setattr(row, name, changes[name])
            row.version += 1
            row.save(update_fields=[*changed, "version"])
            log.record("accounts.brand_changed", by=by, subject=row, data={"fields": sorted(changed)}, at=now)
        tell_all()
    return row


def change_logo(*, by: User, upload: Any, now: datetime) -> Document:
    """Take another sign in; it shows once a worker has drawn it anew. Raises NotAllowed, UploadRefused."""
    require_right(by)
    with transaction.atomic():
        row, _new = Brand.objects.select_for_update(of=("self",)).get_or_create(
            only=True, defaults={"name": settings.BRAND["name"]}
        )
        document = uploads.receive_upload(by=by, kind=LOGO_KIND, upload=upload, about=row, now=now)
        log.record("accounts.brand_changed", by=by, subject=row, data={"fields": ["logo"]}, at=now)
    return document


def show_logo(*, document: Document, now: datetime) -> None:
    """The newest checked sign takes the place of the one before, which is erased."""
    with transaction.atomic():
        row = Brand.objects.select_for_update(of=("self",)).first()
        if (
            row is None
            or row.pk != document.about_id
            or (row.logo_id is not None and row.logo_id >= document.pk)
        ):
            return
        before = row.logo
        row.logo = document
        row.version += 1
        row.save(update_fields=["logo", "version"])
        if before is not None:
            erasing.erase_document(document=before, now=now)
        tell_all()


def drop_logo(*, by: User, now: datetime) -> None:
    """Back to the sign that the house came with. Raises NotAllowed."""
    require_right(by)
    with transaction.atomic():
        row = Brand.objects.select_for_update(of=("self",)).filter(logo__isnull=False).first()
        if row is None or row.logo is None:
            return
        before, row.logo = row.logo, None
        row.version += 1
        row.save(update_fields=["logo", "version"])
        erasing.erase_document(document=before, now=now)
        log.record("accounts.brand_changed", by=by, subject=row, data={"fields": ["logo"]}, at=now)
        tell_all()


def imprint_gaps() -> list[str]:
    """Fields that DDG §5 asks for and that are empty."""
    row = Brand.objects.first()
    return [name for name in IMPRINT_REQUIRED if row is None or not getattr(row, name)]


def require_right(by: User | None) -> None:
    """``by`` None is the house itself (a command, the demo)."""
    if by is not None and not by.has_permission("accounts.set_up_house"):
        raise NotAllowed(_("Only administrators set up the house."))


def _checked_vat_id(typed: str) -> str:
    try:
        return str(vat.validate(typed))
    except stdnum_errors.ValidationError as error:
        raise Invalid(
            _("This is no VAT id. A German one has DE and nine digits, such as DE136695976."),
            code="vat_id_invalid",
            field="vat_id",
        ) from error
