"""What a person tells us about themselves."""

from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Address, User
from common.errors import Invalid
from journal import log

FIELDS = ("first_name", "last_name", "phone", "language", "time_zone")


def change_profile(*, by: User, changes: dict[str, str]) -> User:
    """Change some of name, phone, language and time zone (an IANA name) of the actor's account.

    Raises Invalid for an unknown language or zone; the journal learns which fields changed,
    not their values. Changing nothing records nothing.
    """
    if unknown := set(changes) - set(FIELDS):
        raise ValueError(f"not of the profile: {sorted(unknown)}")
    values = {name: " ".join(value.split()) for name, value in changes.items()}
    if values.get("language", "de") not in User.Language.values:
        raise Invalid(_("We do not speak this language yet."), code="language_unknown", field="language")
    if values.get("time_zone", "UTC") not in available_timezones():
        raise Invalid(_("There is no such time zone."), code="time_zone_unknown", field="time_zone")
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        changed = sorted(name for name, value in values.items() if getattr(user, name) != value)
        if changed:
            for name in changed:
                setattr(user, name, values[name])
            user.save(update_fields=changed)
            log.record(
                "accounts.profile_changed", by=user, subject=user, data={"fields": changed}, audience=[user]
            )
    return user


def change_address(
    *,
    by: User,
    purpose: str = Address.Purpose.HOME,
    street: str,
    postcode: str,
    town: str,
    country: str = "DE",
) -> Address:
    """Set the actor's address for a purpose; there is one of each. Country is ISO 3166-1 alpha-2.

    Raises Invalid for a German postcode that has not five digits.
    """
    postcode = postcode.strip()
    if country == "DE" and not (len(postcode) == 5 and postcode.isascii() and postcode.isdigit()):
        raise Invalid(_("A German postcode has five digits."), code="postcode_invalid", field="postcode")
    values = {
        "street": street.strip(),
        "postcode": postcode,
        "town": town.strip(),
        "country": country.upper(),
    }
    with transaction.atomic():
        address, __ = Address.objects.update_or_create(user=by, purpose=purpose, defaults=values)
        log.record("accounts.address_changed", by=by, subject=by, data={"purpose": purpose}, audience=[by])
    return address
