"""Quiet hours and the hour of collected mails: in the person's zone, on both days of a change of clocks."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from accounts.models import NoticeTimes
from accounts.telling import notice_times

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def quiet(start: str, end: str, digest: str = "at_once") -> NoticeTimes:
    return NoticeTimes(
        quiet_from=time.fromisoformat(start), quiet_until=time.fromisoformat(end), digest=digest
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ends(moment: str, times: NoticeTimes, zone: ZoneInfo = BERLIN) -> datetime | None:
    return notice_times.quiet_until(utc(moment), times=times, zone=zone)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-11-24T20:59", None),  # 21:59 in Berlin
        ("2026-11-24T21:00", "2026-11-25T06:00"),
        ("2026-11-24T23:30", "2026-11-25T06:00"),
        ("2026-11-25T05:59", "2026-11-25T06:00"),
        ("2026-11-25T06:00", None),
    ],
)
def test_quiet_hours_pass_midnight(moment: str, end: str | None) -> None:
    assert ends(moment, quiet("22:00", "07:00")) == (utc(end) if end else None)


def test_quiet_hours_within_a_day() -> None:
    assert ends("2026-11-24T12:00", quiet("12:30", "14:00")) == utc("2026-11-24T13:00")
    assert ends("2026-11-24T13:00", quiet("12:30", "14:00")) is None


def test_they_are_the_person_s_own_hours() -> None:
    times = quiet("22:00", "07:00")
    assert ends("2026-11-25T03:30", times, NEW_YORK) == utc("2026-11-25T12:00")
    assert ends("2026-11-24T22:00", times, NEW_YORK) is None


def test_nobody_who_named_none_has_quiet_hours() -> None:
    assert notice_times.quiet_until(utc("2026-11-24T23:00"), times=None, zone=BERLIN) is None
    assert notice_times.quiet_until(utc("2026-11-24T23:00"), times=NoticeTimes(), zone=BERLIN) is None


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    # 29 March 2026: 02:00 becomes 03:00.
    assert ends("2026-03-28T21:00", quiet("22:00", "07:00")) == utc("2026-03-29T05:00")
    # An end that does not exist is where the clocks jump.
    assert ends("2026-03-28T21:00", quiet("22:00", "02:30")) == utc("2026-03-29T01:00")
    assert ends("2026-03-29T01:00", quiet("22:00", "02:30")) is None
    # So is a beginning.
    assert ends("2026-03-29T01:00", quiet("02:30", "05:00")) == utc("2026-03-29T03:00")
    assert ends("2026-03-29T00:59", quiet("02:30", "05:00")) is None


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    # 25 October 2026: 03:00 becomes 02:00, so 02:30 comes twice.
    assert ends("2026-10-24T20:00", quiet("22:00", "07:00")) == utc("2026-10-25T06:00")
    for moment in ("2026-10-25T00:15", "2026-10-25T00:45", "2026-10-25T01:15"):
        assert ends(moment, quiet("22:00", "02:30")) == utc("2026-10-25T01:30")
    assert ends("2026-10-25T01:30", quiet("22:00", "02:30")) is None


def due(now: str, times: NoticeTimes, zone: ZoneInfo = BERLIN) -> datetime:
    return notice_times.last_digest_at(utc(now), times=times, zone=zone)


def test_a_daily_mail_is_due_at_seven() -> None:
    daily = NoticeTimes(digest="daily")
    assert due("2026-11-24T05:59", daily) == utc("2026-11-23T06:00")
    assert due("2026-11-24T06:00", daily) == utc("2026-11-24T06:00")
    assert due("2026-11-24T22:00", daily, NEW_YORK) == utc("2026-11-24T12:00")


def test_a_weekly_mail_is_due_on_mondays() -> None:
    weekly = NoticeTimes(digest="weekly")
    assert due("2026-11-24T12:00", weekly) == utc("2026-11-23T06:00")
    assert due("2026-11-23T05:00", weekly) == utc("2026-11-16T06:00")


def test_where_seven_is_quiet_the_mail_waits_for_the_end() -> None:
    late_sleeper = quiet("23:00", "09:30", "daily")
    assert due("2026-11-24T08:00", late_sleeper) == utc("2026-11-23T08:30")
    assert due("2026-11-24T08:30", late_sleeper) == utc("2026-11-24T08:30")


def test_at_once_is_due_now() -> None:
    assert due("2026-11-24T08:00", NoticeTimes()) == utc("2026-11-24T08:00")
