"""What a person tells us about themselves."""

from zoneinfo import available_timezones

import phonenumbers
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from phonenumbers import is_possible_number as is_possible

from accounts.models import User
from common.errors import Invalid
from journal import log

FIELDS = ("first_name", "last_name", "phone", "language", "time_zone", "formats")
HOME_REGION = "DE"  # of numbers that are typed without a country
SHORTEST = 10_000  # whatever is shorter is no number of a person


def change_profile(*, by: User, changes: dict[str, str]) -> User:
    """Change some of name, phone, language, time zone (an IANA name) and formats of the actor.

    Raises Invalid for an unknown language, zone or format and for what is no telephone number;
    the journal learns which fields changed, not their values. Changing nothing records nothing.
    """
    if unknown := set(changes) - set(FIELDS):
        raise ValueError(f"not of the profile: {sorted(unknown)}")
    values = {name: " ".join(value.split()) for name, value in changes.items()}
    if values.get("language", "de") not in User.Language.values:
        raise Invalid(_("We do not speak this language yet."), code="language_unknown", field="language")
    if values.get("time_zone", "UTC") not in available_timezones():
        raise Invalid(_("There is no such time zone."), code="time_zone_unknown", field="time_zone")
    if values.get("formats", "") not in ("", *User.Formats.values):
        raise Invalid(_("We do not know this format."), code="formats_unknown", field="formats")
    if "phone" in values:
        values["phone"] = parse_phone(values["phone"], before=by.phone)
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


def parse_phone(typed: str, *, before: str = "") -> str:
    """A telephone number as it is written abroad (``+49 40 123456``), or Invalid.

    Without a country it is a German one. Empty stays empty; a number that was stored
    (``before``) is not asked for again.
    """
    if not typed or typed == before:
        return typed
    try:
        number = phonenumbers.parse(typed, HOME_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or (number.national_number or 0) < SHORTEST or not is_possible(number):
        raise Invalid(
            _("This is no telephone number. Write it like 040 123456 or +45 32 12 34 56."),
            code="phone_invalid",
            field="phone",
        )
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
