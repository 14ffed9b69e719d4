"""Stored wheels: found again, worn ones named, and their owners told in time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Notice, User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from services.desk import tyres
from services.desk.tyres import ShelfTaken
from services.models import TyreSet
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, ServiceTypeFactory, Workshop, make_car, make_workshop
from vehicles.models import Vehicle

NOW = datetime(2026, 4, 10, 8, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
GOOD = [Decimal(each) for each in ("6.5", "6.4", "6.8", "6.6")]


@pytest.fixture
def keep(staff: User, workshop: Workshop, car: Vehicle) -> Callable[..., TyreSet]:
    def run(**more: Any) -> TyreSet:
        values: dict[str, Any] = {
            "by": staff,
            "vehicle": car,
            "centre": workshop.centre,
            "place": "b-04-2",
            "season": "winter",
            "tread_mm": GOOD,
            "size": "235/45 r19 99v",
            "now": NOW,
        }
        return tyres.store(**{**values, **more})

    return run


def test_wheels_lie_on_one_shelf_and_leave_it_once(keep: Callable[..., TyreSet], staff: User) -> None:
    kept = keep()
    assert (kept.place, kept.size) == ("B-04-2", "235/45 R19 99V")
    with pytest.raises(ShelfTaken):
        keep(place="B-04-2")
    tyres.take_out(by=staff, tyre_set=kept, now=AUTUMN)
    with pytest.raises(Conflict):
        tyres.take_out(by=staff, tyre_set=kept, now=AUTUMN)
    assert keep(place="B-04-2").pk != kept.pk


def test_wheels_are_found_by_plate_vin_and_shelf(
    keep: Callable[..., TyreSet], staff: User, car: Vehicle
) -> None:
    kept = keep()
    keep(vehicle=make_car(UserFactory.create()), place="A-01-1")
    for typed in (car.plate, car.vin[-6:], "b-04"):
        assert kept in tyres.find(by=staff, typed=typed)
    assert list(tyres.find(by=staff, typed="b-04")) == [kept]
    assert tyres.find(by=staff, typed="Z-99").count() == 0
    assert tyres.find(by=staff).count() == 2


@pytest.mark.parametrize(
    ("least", "season", "level"),
    [
        ("4.0", "winter", "good"),
        ("3.9", "winter", "worn"),
        ("3.0", "summer", "good"),
        ("2.9", "summer", "worn"),
        ("1.6", "summer", "worn"),
        ("1.5", "summer", "illegal"),
        ("3.9", "all_year", "worn"),
    ],
)
def test_the_worst_tread_decides_what_is_said(
    keep: Callable[..., TyreSet], least: str, season: str, level: str
) -> None:
    kept = keep(season=season, tread_mm=[*GOOD[:3], Decimal(least)])
    assert tyres.wear_of(kept) == (level, Decimal(least))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place": " "}, "place"),
        ({"place": "x" * 21}, "place"),
        ({"season": "spring"}, "season"),
        ({"tread_mm": GOOD[:3]}, "tread_mm"),
        ({"tread_mm": [*GOOD[:3], Decimal("15.1")]}, "tread_mm"),
        ({"tread_mm": [*GOOD[:3], Decimal("-0.1")]}, "tread_mm"),
    ],
)
def test_nonsense_is_not_stored(keep: Callable[..., TyreSet], wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        keep(**wrong)
    assert refused.value.field == field
    assert not TyreSet.objects.exists()


def test_other_centres_wheels_do_not_exist(
    keep: Callable[..., TyreSet], staff: User, workshop: Workshop, owner: User
) -> None:
    other = make_workshop().centre
    with pytest.raises(NotFound):
        keep(centre=other)
    with pytest.raises(NotAllowed):
        keep(by=UserFactory.create(role="technician", scope=workshop.centre))
    kept = keep()
    stranger = UserFactory.create(role="staff", scope=other)
    assert tyres.find(by=stranger).count() == 0
    with pytest.raises(NotFound):
        tyres.take_out(by=stranger, tyre_set=kept, now=NOW)
    assert TyreSet.objects.visible_to(owner, NOW).get() == kept
    assert not TyreSet.objects.visible_to(UserFactory.create(), NOW).exists()


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2026, 9, 14), None),
        (date(2026, 9, 15), ("2026-autumn", "winter")),
        (date(2026, 11, 30), ("2026-autumn", "winter")),
        (date(2026, 12, 1), None),
        (date(2027, 3, 1), ("2027-spring", "summer")),
        (date(2027, 4, 30), ("2027-spring", "summer")),
        (date(2027, 5, 1), None),
    ],
)
def test_seasons_begin_a_little_before_drivers_change(day: date, season: Any) -> None:
    assert tyres.season_at(day) == season


def test_owners_hear_once_a_season_and_can_book_at_once(
    keep: Callable[..., TyreSet], owner: User, car: Vehicle, run_reactions: Callable[[], int]
) -> None:
    work = ServiceTypeFactory.create(code="wheel-change")
    keep()
    keep(place="B-05-1", season="summer")
    assert tyres.offer_changes(now=NOW + timedelta(days=40)) == 0
    assert tyres.offer_changes(now=AUTUMN) == 1
    assert tyres.offer_changes(now=AUTUMN + timedelta(days=1)) == 0
    run_reactions()
    notice = Notice.objects.get(user=owner, kind="services.wheel_change_offered.winter")
    assert notice.url == f"/service/book/?vehicle={car.pk}&service_type={work.pk}"
    assert tyres.offer_changes(now=AUTUMN.replace(year=2027)) == 1


def test_who_has_the_change_booked_is_left_in_peace(
    keep: Callable[..., TyreSet], owner: User, car: Vehicle, workshop: Workshop
) -> None:
    keep()
    AppointmentFactory.create(
        centre=workshop.centre,
        service_type=ServiceTypeFactory.create(code="wheel-change"),
        vehicle=car,
        booked_by=owner,
        starts_at=AUTUMN + timedelta(days=9),
    )
    assert tyres.offer_changes(now=AUTUMN) == 0


def test_two_workers_at_once_tell_an_owner_once(committing_db: None, race: Callable[..., list[Any]]) -> None:
    workshop = make_workshop()
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    tyres.store(
        by=staff,
        vehicle=make_car(UserFactory.create()),
        centre=workshop.centre,
        place="A-1",
        season="winter",
        tread_mm=GOOD,
        now=NOW,
    )
    assert sorted(race([lambda: tyres.offer_changes(now=AUTUMN)] * 4)) == [0, 0, 0, 1]
