"""Cars as people name them at the counter: by plate or by VIN."""

from django.db.models import Value
from django.db.models.functions import Replace, Upper
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from vehicles.models import Vehicle


def find_car(typed: str) -> Vehicle | None:
    """The car with exactly this VIN or plate, however it is spaced; None for none or several."""
    compact = "".join(char for char in typed.upper() if char.isalnum())
    if len(compact) < 3:
        return None
    plate = Replace(Replace(Upper("plate"), Value(" "), Value("")), Value("-"), Value(""))
    rows = Vehicle.objects.select_related("model")
    by_vin = rows.filter(vin=compact).first()
    if by_vin is not None:
        return by_vin
    found = list(rows.annotate(compact=plate).filter(compact=compact)[:2])
    return found[0] if len(found) == 1 else None


def car_named(typed: str) -> Vehicle:
    """As ``find_car``; raises Invalid for a car that we do not know."""
    found = find_car(typed)
    if found is None:
        raise Invalid(
            _("We know no car with this number plate or VIN. Please look again."),
            code="car_unknown",
            field="car",
        )
    return found
