"""A check sheet: values judged by their limits, nothing overwritten that its maker had not seen."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict, Invalid, NotFound
from journal.models import Event
from services import demo_checks
from services.models import CheckItem, CheckResult, ServiceType
from services.work import sheets, times
from tests.factories.accounts import UserFactory
from tests.factories.services import ServiceTypeFactory
from tests.factories.work import MORNING, Shop, make_shop, tread

MINUTE = timedelta(minutes=1)
Verdict = CheckResult.Verdict


@pytest.fixture
def shop(db: None) -> Shop:
    """With a job that was begun."""
    shop = make_shop()
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    return shop


def item(lowest: str | None = None, highest: str | None = None) -> CheckItem:
    return CheckItem(
        unit="mm",
        lowest=None if lowest is None else Decimal(lowest),
        highest=None if highest is None else Decimal(highest),
    )


@pytest.mark.parametrize(
    ("limits", "value", "verdict"),
    [
        (("4", None), "3.99", "bad"),
        (("4", None), "4.00", "watch"),
        (("4", None), "4.39", "watch"),
        (("4", None), "4.40", "good"),
        ((None, "3"), "3.01", "bad"),
        ((None, "3"), "3.00", "watch"),
        ((None, "3"), "2.70", "good"),
        (("135", "145"), "134.9", "bad"),
        (("135", "145"), "135.5", "watch"),
        (("135", "145"), "140", "good"),
        (("135", "145"), "144.5", "watch"),
        (("135", "145"), "145.1", "bad"),
        ((None, "-25"), "-24", "bad"),
        ((None, "-25"), "-26", "watch"),
        ((None, "-25"), "-30", "good"),
        ((None, None), "12345", "good"),
    ],
)
def test_limits_judge_and_a_tenth_before_them_is_watched(limits, value, verdict):
    assert sheets.verdict_of(item=item(*limits), value=Decimal(value)) == verdict


@given(
    low=st.decimals(-500, 500, places=2),
    room=st.decimals(1, 500, places=2),
    value=st.decimals(-2000, 2000, places=2),
)
def test_what_is_outside_is_always_bad_and_what_is_inside_never(low, room, value):
    judged = sheets.verdict_of(item=CheckItem(unit="V", lowest=low, highest=low + room), value=value)
    assert (judged == Verdict.BAD) == (not low <= value <= low + room)


def test_a_value_is_written_down_with_what_the_limits_say_of_it(shop):
    point = tread(shop.job)
    result = sheets.record_result(
        by=shop.person, job=shop.job, item=point, value=Decimal("3.456"), at=MORNING, now=MORNING + MINUTE
    )
    assert (result.value, result.verdict, result.at, result.by) == (
        Decimal("3.46"),
        Verdict.BAD,
        MORNING,
        shop.person,
    )
    event = Event.objects.get(kind="services.point_checked")
    assert event.data == {
        "centre": shop.visit.centre_id,
        "job": shop.job.pk,
        "item": point.pk,
        "verdict": "bad",
    }


def test_the_technician_has_the_last_word_and_it_shows(shop):
    point = tread(shop.job)
    sheets.record_result(
        by=shop.person, job=shop.job, item=point, value=Decimal(3), verdict="watch", now=MORNING
    )
    [shown] = sheets.points_of(job=shop.job)
    assert shown.result is not None
    assert (shown.result.verdict, shown.computed, shown.is_overridden) == ("watch", "bad", True)


def test_a_point_that_does_not_apply_needs_no_value(shop):
    point = tread(shop.job)
    result = sheets.record_result(by=shop.person, job=shop.job, item=point, verdict="skipped", now=MORNING)
    assert (result.value, result.verdict) == (None, "skipped")
    assert sheets.open_points(job=shop.job) == []


@pytest.mark.parametrize(
    ("unit", "value", "verdict", "code"),
    [
        ("mm", None, "", "value_needed"),
        ("mm", None, "good", "value_needed"),
        ("", None, "", "verdict_needed"),
        ("", Decimal(1), "good", "no_value_here"),
        ("mm", Decimal(1), "splendid", "verdict_needed"),
        ("mm", Decimal("NaN"), "", "value_unreadable"),
        ("mm", Decimal(10**9), "", "value_unreadable"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(shop, unit, value, verdict, code):
    point = tread(shop.job, unit=unit, lowest=None)
    with pytest.raises(Invalid) as told:
        sheets.record_result(
            by=shop.person, job=shop.job, item=point, value=value, verdict=verdict, now=MORNING
        )
    assert told.value.code == code
    assert not CheckResult.objects.exists()


def test_nothing_is_overwritten_that_its_maker_had_not_seen(shop):
    point = tread(shop.job)
    record = {"job": shop.job, "item": point, "now": MORNING + 30 * MINUTE}
    first = sheets.record_result(by=shop.staff, value=Decimal("5"), at=MORNING + MINUTE, **record)
    with pytest.raises(Conflict) as told:  # measured in the cellar, not knowing of the other
        sheets.record_result(by=shop.person, value=Decimal("3"), at=MORNING, **record)
    assert told.value.code == "result_changed"
    assert told.value.extra == {"value": "5.00", "verdict": "good", "at": first.at.isoformat()}
    assert CheckResult.objects.get().value == 5
    sheets.record_result(by=shop.person, value=Decimal("3"), seen=first.at, **record)
    assert CheckResult.objects.get().value == 3


def test_the_same_result_twice_is_written_once(shop):
    point = tread(shop.job)
    for minutes in range(3):
        sheets.record_result(
            by=shop.person,
            job=shop.job,
            item=point,
            value=Decimal(5),
            at=MORNING,
            now=MORNING + minutes * MINUTE,
        )
    assert Event.objects.filter(kind="services.point_checked").count() == 1


def test_a_sheet_is_filled_in_only_for_a_job_that_was_begun(db):
    shop = make_shop()
    with pytest.raises(Conflict):
        sheets.record_result(
            by=shop.person, job=shop.job, item=tread(shop.job), value=Decimal(5), now=MORNING
        )


def test_points_of_other_work_and_strangers_are_not_found(shop):
    other = CheckItem.objects.create(
        service_type=ServiceTypeFactory.create(), position=1, text_de="x", text_en="x"
    )
    with pytest.raises(NotFound):
        sheets.record_result(by=shop.person, job=shop.job, item=other, verdict="good", now=MORNING)
    stranger = UserFactory.create(role="technician", scope=shop.workshop.centre)
    with pytest.raises(NotFound):
        sheets.record_result(by=stranger, job=shop.job, item=tread(shop.job), value=Decimal(5), now=MORNING)


def test_the_usual_sheets_can_be_written_and_their_limits_make_sense(db):
    for code in demo_checks.SHEETS:
        ServiceTypeFactory.create(code=code)
    assert demo_checks.write_sheets(ServiceType.objects.all()) == sum(map(len, demo_checks.SHEETS.values()))
    for point in CheckItem.objects.exclude(unit=""):
        assert point.lowest is not None or point.highest is not None, point
        if point.lowest is not None and point.highest is not None:
            middle = (point.lowest + point.highest) / 2
            assert sheets.verdict_of(item=point, value=middle) == Verdict.GOOD
