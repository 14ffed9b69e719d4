"""Importing customers: rows of people without a sign-in, until they are invited or sign up."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import profile
from accounts.house.import_files import Column, Row
from accounts.house.imports import Importer, RowError
from accounts.models import Address, User
from common.errors import Invalid

LENGTHS = {"first_name": 80, "last_name": 80, "phone": 40, "street": 120, "postcode": 12, "town": 80}
COUNTRIES = ("DE", "AT", "CH")


def check(rows: Sequence[Row], now: datetime) -> list[RowError]:
    errors = [error for row in rows for error in _check_one(row)]
    known = set(
        User.objects.filter(email__in=[_email(row) for row in rows if _email(row)]).values_list(
            "email", flat=True
        )
    )
    errors += [
        RowError(row.line, "email", _("There is a person with this address already."))
        for row in rows
        if _email(row) in known
    ]
    nameless = {_name_key(row): row for row in rows if not _email(row)}
    if nameless:
        alike = User.objects.filter(
            standing=User.Standing.CUSTOMER,
            email__isnull=True,
            last_name__in=[row.values.get("last_name", "") for row in nameless.values()],
        )
        there = {
            f"{first}|{last}|{phone}".casefold()
            for first, last, phone in alike.values_list("first_name", "last_name", "phone")
        }
        errors += [
            RowError(row.line, "last_name", _("There is a customer with this name and phone already."))
            for key, row in nameless.items()
            if key in there
        ]
    return errors


def _check_one(row: Row) -> list[RowError]:
    found = []
    values = row.values
    if email := _email(row):
        try:
            validate_email(email)
        except ValidationError:
            found.append(RowError(row.line, "email", _("This is no e-mail address.")))
    elif not values.get("phone"):
        found.append(RowError(row.line, "email", _("E-mail or phone is needed.")))
    try:
        _phone(row)
    except Invalid as error:
        found.append(RowError(row.line, "phone", str(error)))
    for name, length in LENGTHS.items():
        if len(values.get(name, "")) > length:
            text = _("This is longer than %(length)d characters.") % {"length": length}
            found.append(RowError(row.line, name, text))
    if values.get("language", "") not in ("", *User.Language.values):
        found.append(RowError(row.line, "language", _("Only de and en are known.")))
    return found + _check_address(row)


def _check_address(row: Row) -> list[RowError]:
    values = row.values
    parts = [name for name in ("street", "postcode", "town") if values.get(name)]
    if not parts:
        return []
    missing = [name for name in ("street", "postcode", "town") if name not in parts]
    if missing:
        return [RowError(row.line, missing[0], _("An address has street, postcode and town."))]
    country = values.get("country", "").upper() or "DE"
    if country not in COUNTRIES:
        return [RowError(row.line, "country", _("Only DE, AT and CH are known."))]
    postcode = values["postcode"]
    if country == "DE" and not (len(postcode) == 5 and postcode.isascii() and postcode.isdigit()):
        return [RowError(row.line, "postcode", _("A German postcode has five digits."))]
    return []


def write(rows: Sequence[Row], by: User, now: datetime) -> None:
    people = User.objects.bulk_create(
        User(
            standing=User.Standing.CUSTOMER,
            email=_email(row) or None,
            first_name=row.values.get("first_name", ""),
            last_name=row.values.get("last_name", ""),
            phone=_phone(row),
            language=row.values.get("language") or User.Language.GERMAN,
            password=make_password(None),
            date_joined=now,
        )
        for row in rows
    )
    Address.objects.bulk_create(
        Address(
            user=person,
            street=row.values["street"],
            postcode=row.values["postcode"],
            town=row.values["town"],
            country=row.values.get("country", "").upper() or "DE",
        )
        for row, person in zip(rows, people, strict=True)
        if row.values.get("street")
    )


def _email(row: Row) -> str:
    return row.values.get("email", "").lower()


def _phone(row: Row) -> str:
    """As it is stored. Raises Invalid."""
    return profile.parse_phone(row.values.get("phone", ""))


def _name_key(row: Row) -> str:
    try:
        phone = _phone(row)
    except Invalid:
        phone = row.values["phone"]  # said as an error of its own
    return "|".join([*(row.values.get(name, "") for name in ("first_name", "last_name")), phone]).casefold()


def _key(row: Row) -> tuple[str, str]:
    return ("email", _email(row)) if _email(row) else ("last_name", _name_key(row))


IMPORTER = Importer(
    name="customers",
    label=gettext_lazy("Customers"),
    text=gettext_lazy("People with address and phone. They get a sign-in once you invite them."),
    columns=(
        Column("email", gettext_lazy("E-mail"), "anna.beispiel@example.org"),
        Column("first_name", gettext_lazy("First name"), "Anna"),
        Column("last_name", gettext_lazy("Last name"), "Beispiel", required=True),
        Column("phone", gettext_lazy("Phone"), "+49 171 3920010"),
        Column("language", gettext_lazy("Language"), "de", hint=gettext_lazy("de or en")),
        Column("street", gettext_lazy("Street and number"), "Große Elbstraße 41"),
        Column("postcode", gettext_lazy("Postcode"), "22767"),
        Column("town", gettext_lazy("Town"), "Hamburg"),
        Column("country", gettext_lazy("Country"), "DE", hint=gettext_lazy("DE, AT or CH")),
    ),
    check=check,
    write=write,
    key=_key,
    order=10,
)
