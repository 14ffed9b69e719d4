"""The bar of each role: what they need daily, in their order."""

import pytest

from portal import navigation
from tests.factories.accounts import UserFactory
from tests.factories.services import CentreFactory

pytestmark = pytest.mark.django_db


def bar(role: str, section: str = "services", **grant) -> list[str]:
    ways = navigation.staff_ways(UserFactory.create(role=role, **grant))
    return [way.section for way in navigation.staff_bar(ways, section)]


def test_a_front_desk_sees_board_appointments_cars_customers_and_team():
    assert bar("staff", scope=CentreFactory.create()) == [
        "services",
        "day-list",
        "cases",
        "vehicles",
        "customers",
        "team",
    ]


def test_what_is_open_stands_in_the_bar_even_if_it_is_no_daily_thing():
    assert "figures" in bar("staff", "figures", scope=CentreFactory.create())


def test_a_technician_has_their_work():
    assert "work" in bar("technician", "work", scope=CentreFactory.create())
