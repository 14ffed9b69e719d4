"""A larger demo; apart, because it starts from an empty house."""

from services import demo
from services.models import Centre, Resource
from tests.services.test_demo import seeded


def test_a_larger_demo_has_more_houses_in_all_laender(db: None) -> None:
    rows = demo.towns.rows(9)
    assert len(rows) == 54
    assert len({row["centre"]["land"] for row in rows}) == 16
    assert len({row["centre"]["code"] for row in rows}) == 54
    assert len({row["centre"]["name"] for row in rows}) == 54
    assert all(
        47 < row["centre"]["latitude"] < 55.1 and 5.8 < row["centre"]["longitude"] < 15.1 for row in rows
    )
    seeded(2)
    assert Centre.objects.count() == 12
    assert Resource.objects.filter(kind="technician").count() == 60
