"""Numbers, money and days as people write them here."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from common.templatetags import shell, typography

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def german():
    with translation.override("de"):
        yield


def test_money_and_units_keep_their_unit_on_the_line():
    assert typography.money(16900) == f"169,00{NBSP}€"
    assert typography.money_whole(4299000) == f"42.990{NBSP}€"
    assert typography.money_whole(4299050) == f"42.990,50{NBSP}€"
    assert typography.unit(1100, "km") == f"1.100{NBSP}km"
    assert typography.unit(16.8, "kWh") == f"16,8{NBSP}kWh"
    assert typography.number(1240) == "1.240"


def test_days_are_written_with_weekday_and_the_year_only_when_it_differs():
    this_year = timezone.localdate().year
    assert typography.day(date(this_year, 11, 26)).endswith(f", 26.{NBSP}November")
    assert typography.day(date(2031, 11, 26)) == f"Mi., 26.{NBSP}November 2031"
    assert typography.short_day(date(2026, 11, 24)) == "24.11.2026"


def test_clocks_follow_the_readers_zone():
    moment = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)
    assert typography.clock(moment) == "08:30"
    assert typography.span(moment, moment.replace(hour=8, minute=15)) == f"Do 08:30{NBSP}–{NBSP}09:15"


def test_english_readers_get_english_forms():
    with translation.override("en"):
        assert typography.money(16900) == "€169.00"
        assert typography.short_day(date(2026, 11, 24)) == f"24{NBSP}Nov{NBSP}2026"


def test_a_meter_has_words_and_shows_an_overrun():
    html = shell.meter(4, 6, "4 von 6 genutzt")
    assert 'role="img"' in html
    assert 'aria-label="4 von 6 genutzt"' in html
    assert 'width="66.7"' in html
    assert 'class="over"' in shell.meter(7, 6, "7 von 6")
    assert 'width="0.0"' in shell.meter(0, 0, "nichts")
