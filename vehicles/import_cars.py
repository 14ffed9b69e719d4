"""Importing cars with their owners."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.house.import_files import Column, Row
from accounts.house.imports import Importer, RowError
from accounts.models import User
from vehicles.errors import PlateInvalid, VinInvalid
from vehicles.models import Ownership, Vehicle, VehicleModel
from vehicles.plates import parse_plate
from vehicles.vin import parse_vin


def check(rows: Sequence[Row], now: datetime) -> list[RowError]:
    errors = [error for row in rows for error in _check_one(row, now)]
    models = _models()
    owners = _owners(rows)
    vins = [_vin(row) for row in rows]
    known = set(Vehicle.objects.filter(vin__in=vins).values_list("vin", flat=True))
    for row, vin in zip(rows, vins, strict=True):
        if vin in known:
            errors.append(RowError(row.line, "vin", _("A car with this number is known already.")))
        if row.values["model"].casefold() not in models:
            text = _("There is no model “%(name)s”.") % {"name": row.values["model"][:40]}
            errors.append(RowError(row.line, "model", text))
        if (owner := _owner(row)) and owner not in owners:
            errors.append(RowError(row.line, "owner", _("There is no person with this address or number.")))
    return errors


def _check_one(row: Row, now: datetime) -> list[RowError]:
    found = []
    try:
        parse_vin(row.values["vin"])
    except VinInvalid as error:
        found.append(RowError(row.line, "vin", str(error)))
    try:
        parse_plate(row.values.get("plate", ""))
    except PlateInvalid as error:
        found.append(RowError(row.line, "plate", str(error)))
    if row.values.get("first_registered"):
        day = _day(row)
        if day is None:
            found.append(
                RowError(row.line, "first_registered", _("Write the day like 2026-03-31 or 31.03.2026."))
            )
        elif not date(1990, 1, 1) <= day <= now.date():
            found.append(RowError(row.line, "first_registered", _("This day can't be right.")))
    if row.values.get("colour", "") not in ("", *Vehicle.Colour.values):
        text = _("Known colours: %(names)s.") % {"names": ", ".join(Vehicle.Colour.values)}
        found.append(RowError(row.line, "colour", text))
    return found


def write(rows: Sequence[Row], by: User, now: datetime) -> None:
    models, owners = _models(), _owners(rows)
    cars = Vehicle.objects.bulk_create(
        Vehicle(
            vin=parse_vin(row.values["vin"]),
            model=models[row.values["model"].casefold()],
            plate=parse_plate(row.values.get("plate", "")),
            colour=row.values.get("colour") or Vehicle.Colour.AURORA,
            first_registered=_day(row),
        )
        for row in rows
    )
    Ownership.objects.bulk_create(
        Ownership(vehicle=car, user_id=owners[_owner(row)], period=DateTimeTZRange(now, None, "[)"))
        for row, car in zip(rows, cars, strict=True)
        if _owner(row)
    )


def _models() -> dict[str, VehicleModel]:
    found = {}
    for model in VehicleModel.objects.all():
        found[model.code.casefold()] = found[model.name.casefold()] = model
    return found


def _owners(rows: Sequence[Row]) -> dict[str, int]:
    """Ids of the people named by e-mail or by number."""
    named = {_owner(row) for row in rows} - {""}
    numbers = [int(name) for name in named if name.isascii() and name.isdigit() and len(name) < 19]
    living = User.objects.filter(is_active=True, standing__in=[User.Standing.ACCOUNT, User.Standing.CUSTOMER])
    mailed = living.filter(email__in=[name for name in named if "@" in name])
    by_mail = {str(email): pk for email, pk in mailed.values_list("email", "pk")}
    by_number = {str(pk): pk for pk in living.filter(pk__in=numbers).values_list("pk", flat=True)}
    return {**by_mail, **by_number}


def _owner(row: Row) -> str:
    return row.values.get("owner", "").lower()


def _vin(row: Row) -> str:
    return "".join(row.values.get("vin", "").upper().replace("-", "").split())


def _day(row: Row) -> date | None:
    typed = row.values.get("first_registered", "")
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(typed, pattern).date()  # noqa: DTZ007 - a civil day, no instant
        except ValueError:
            continue
    return None


IMPORTER = Importer(
    name="cars",
    label=gettext_lazy("Cars"),
    text=gettext_lazy("With model, plate and owner. Import the owners first."),
    columns=(
        Column("vin", gettext_lazy("Vehicle identification number"), "WNL5AB2C4TH000042", required=True),
        Column("model", gettext_lazy("Model"), "N5", required=True, hint=gettext_lazy("Code or name")),
        Column("plate", gettext_lazy("Number plate"), "HH NL 512E"),
        Column(
            "owner",
            gettext_lazy("Owner"),
            "anna.beispiel@example.org",
            hint=gettext_lazy("E-mail or number of a person; empty for a car on stock"),
        ),
        Column("first_registered", gettext_lazy("First registered"), "2026-03-31"),
        Column("colour", gettext_lazy("Colour"), "aurora"),
    ),
    check=check,
    write=write,
    key=lambda row: ("vin", _vin(row)),
    order=20,
)
