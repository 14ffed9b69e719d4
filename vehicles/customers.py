"""A customer's cars for our staff: found by plate and VIN, shown in their file, moved by a merge."""

from datetime import datetime

from django.db import connection
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.customers.file import Entry, Reading, Section, register_section
from accounts.customers.finding import EXACT, LIKE, PART, Asked, Hit, Searcher, register_searcher
from accounts.customers.movers import Mover, register_mover, register_stay
from accounts.models import User
from vehicles.models import GarageShare, Ownership, Share

PERMISSION = "vehicles.hand_over"
ENOUGH = 4  # characters of a plate or VIN that are worth looking for
MANY = 10

# A part first; only where there is none, plates that look alike (the index answers both).
PARTS = """SELECT owner.user_id, car.plate, car.vin, car.match, 1.0, car.exactly FROM (
    SELECT *, compact = %(typed)s OR vin = %(typed)s AS exactly,
        CASE WHEN compact LIKE '%%' || %(typed)s || '%%' THEN 'plate' ELSE 'vin' END AS match
    FROM (SELECT id, plate, vin, upper(replace(plate, ' ', '')) AS compact FROM vehicles_vehicle
        WHERE (plate <> '' AND upper(replace(plate, ' ', '')) LIKE '%%' || %(typed)s || '%%')
           OR vin LIKE '%%' || %(typed)s || '%%') known
    ORDER BY exactly DESC, plate, id LIMIT %(many)s
) car JOIN vehicles_ownership owner ON owner.vehicle_id = car.id AND owner.period @> %(now)s::timestamptz
WHERE owner.user_id IS NOT NULL"""
ALIKE = """SELECT owner.user_id, car.plate, car.vin, 'alike', car.likeness, false FROM (
    SELECT id, plate, vin, similarity(upper(replace(plate, ' ', '')), %(typed)s) AS likeness
    FROM vehicles_vehicle WHERE plate <> '' AND upper(replace(plate, ' ', '')) %% %(typed)s
    ORDER BY likeness DESC, id LIMIT %(many)s
) car JOIN vehicles_ownership owner ON owner.vehicle_id = car.id AND owner.period @> %(now)s::timestamptz
WHERE owner.user_id IS NOT NULL"""


def register() -> None:
    """From apps.py."""
    register_searcher(Searcher("vehicles.car", PERMISSION, find_by_car))
    register_section(Section("cars", gettext_lazy("Cars"), PERMISSION, _cars, 10, "car"))
    register_section(Section("shares", gettext_lazy("Shared access"), PERMISSION, _shares, 15, "users"))
    register_mover(Mover("vehicles.Ownership", "user", gettext_lazy("cars, also earlier ones")))
    register_mover(Mover("vehicles.Share", "user", gettext_lazy("access to cars of others"), _held_too))
    register_mover(
        Mover("vehicles.Share", "given_by", gettext_lazy("access given to others"), _given_to_other)
    )
    register_mover(
        Mover("vehicles.GarageShare", "user", gettext_lazy("whole garages of others"), _garage_too)
    )
    register_mover(
        Mover(
            "vehicles.GarageShare", "given_by", gettext_lazy("the garage shared with others"), _garage_given
        )
    )
    register_mover(Mover("vehicles.Transfer", "offered_by", gettext_lazy("transfers of cars")))
    register_mover(Mover("vehicles.Transfer", "answered_by"))
    register_mover(Mover("vehicles.OwnershipClaim", "claimant", gettext_lazy("claims to cars")))
    register_mover(Mover("vehicles.OwnershipClaim", "recorded_owner"))
    register_stay("vehicles.ClaimCode", "issued_by", "who acted stays who acted")
    register_stay("vehicles.ClaimVerdict", "by", "who acted stays who acted")


def find_by_car(asked: Asked) -> list[Hit]:
    """Owners of today whose car has this plate or VIN, or a part of it, or nearly this plate."""
    typed = asked.compact
    if len(typed) < ENOUGH or not any(char.isdigit() for char in typed):
        return []
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"typed": typed, "many": MANY, "now": asked.now})
        rows = cursor.fetchall()
        if not rows and len(typed) <= MANY and typed[0].isalpha():
            cursor.execute(ALIKE, {"typed": typed, "many": MANY, "now": asked.now})
            rows = cursor.fetchall()
    return [_hit(*row) for row in rows]


def _hit(user_id: int, plate: str, vin: str, match: str, likeness: float, exactly: bool) -> Hit:
    rank = EXACT if exactly else LIKE if match == "alike" else PART
    if match == "vin":
        return Hit(user_id, rank, float(likeness), gettext_lazy("VIN"), vin)
    return Hit(user_id, rank, float(likeness), gettext_lazy("Number plate"), plate)


def _cars(customer: User, by: User, now: datetime) -> Reading:
    rows = Ownership.objects.filter(user=customer).select_related("vehicle__model")

    def shape(owned: Ownership) -> Entry:
        vehicle, until = owned.vehicle, owned.period.upper
        is_theirs = until is None or until > now
        return Entry(
            title=" · ".join(
                part for part in (vehicle.model.name, vehicle.plate if is_theirs else "") if part
            ),
            text=vehicle.vin,
            state=_("today’s car") if is_theirs else _("earlier car"),
            tone="good" if is_theirs else "",
            url=reverse("vehicles:staff-vehicle", args=[vehicle.pk]),
            kind="vehicles.vehicle",
            id=vehicle.pk,
        )

    return Reading(rows.order_by(F("period__endswith").desc(nulls_first=True), "-pk"), shape)


def _shares(customer: User, by: User, now: datetime) -> Reading:
    rows = Share.objects.in_force(now).filter(Q(user=customer) | Q(given_by=customer))

    def shape(share: Share) -> Entry:
        other = share.given_by if share.user_id == customer.pk else share.user
        words = _("from %(name)s") if share.user_id == customer.pk else _("to %(name)s")
        name = other.display_name if other is not None else ""
        return Entry(
            title=str(share.vehicle),
            text=words % {"name": name or _("without a name")},
            state=", ".join(str(Share.Right(right).label) for right in share.rights),
            url=reverse("vehicles:staff-vehicle", args=[share.vehicle_id]),
            kind="vehicles.share",
            id=share.pk,
        )

    return Reading(rows.select_related("vehicle__model", "user", "given_by").order_by("-pk"), shape)


def _held_too(kept: User, gone: User) -> Q:
    """One access per car and time: the one of the row that stays goes on; its own cars need none."""
    held = Share.objects.filter(user=kept, period__isnull=False).values("vehicle_id")
    return Q(vehicle__in=held, period__isnull=False) | Q(given_by=kept)


def _given_to_other(kept: User, gone: User) -> Q:
    return Q(user=kept)


def _garage_too(kept: User, gone: User) -> Q:
    """One garage of a giver per person; one's own needs none."""
    held = GarageShare.objects.filter(user=kept, outcome="").values("given_by_id")
    return Q(given_by__in=held, outcome="") | Q(given_by=kept)


def _garage_given(kept: User, gone: User) -> Q:
    """One per person or address that the garage is shared with."""
    given = GarageShare.objects.filter(given_by=kept, outcome="")
    people = given.filter(user__isnull=False).values("user_id")
    invited = given.filter(user__isnull=True).values("email")
    return Q(user=kept) | Q(user__in=people, outcome="") | Q(user__isnull=True, email__in=invited, outcome="")


__all__ = ["find_by_car", "register"]
