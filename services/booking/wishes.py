"""In which ways a centre and a car may come together for some work."""

from typing import NamedTuple

from services.booking.plans import Plan
from services.models import Centre, Resource, ServiceType, Way


class Wishes(NamedTuple):
    """What can be asked for beside the work itself."""

    ways: list[Way]
    loan_car: bool

    @property
    def are_any(self) -> bool:
        return len(self.ways) > 1 or self.loan_car


def possible_wishes(*, centre: Centre, plan: Plan) -> Wishes:
    """By what the centre has, and what the work allows. One query, none without the customer's car."""
    kinds = plan.service_types
    if not plan.needs_car or any(kind.place == ServiceType.Place.LANE for kind in kinds):
        return Wishes([Way.BRING], loan_car=False)
    asked = [Resource.Kind.DRIVER, Resource.Kind.MOBILE, Resource.Kind.LOAN_CAR]
    rows = Resource.objects.filter(centre=centre, is_active=True, kind__in=asked)
    has = set(rows.values_list("kind", flat=True).distinct())
    ways = [Way.BRING, Way.WAIT]
    if Resource.Kind.DRIVER in has:
        ways.append(Way.PICK_UP)
    if Resource.Kind.MOBILE in has and len(kinds) == 1 and kinds[0].is_mobile:
        ways.append(Way.MOBILE)
    return Wishes(ways, loan_car=Resource.Kind.LOAN_CAR in has)
