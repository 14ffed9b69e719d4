"""Charts as shapes in a fixed field: bars with their heights, ready for an SVG. Decides no figures."""

from dataclasses import dataclass
from datetime import date

from services.desk.figures import DayLoad, Week

HEIGHT = 160  # units of the field, from the ground line to its top
BAR, GAP = 30, 14
TOP_PERCENT = 125  # what is above is drawn at the top, and said in words


@dataclass(frozen=True)
class Bar:
    """One day or week: where it stands, how high it is, what is written on and under it."""

    x: int
    y: float
    height: float
    tone: str  # "good", "wait", "bad", "none"
    label: str  # above
    day: date | None  # under

    @property
    def middle(self) -> int:
        return self.x + BAR // 2


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    width: int
    lines: list[tuple[float, str]]  # y, label

    @property
    def height(self) -> int:
        return HEIGHT


def load_chart(days: list[DayLoad]) -> Chart:
    """Percent of capacity per working day; from 85 it is full, above 100 too much."""
    bars = []
    for number, each in enumerate(days):
        percent = each.percent
        tone = "none" if percent is None else "bad" if percent > 100 else "wait" if percent >= 85 else "good"
        bars.append(_bar(number, min(percent or 0, TOP_PERCENT) / TOP_PERCENT, tone, each.day, percent))
    return Chart(bars, _width(len(days)), [_line(100 / TOP_PERCENT, "100"), _line(50 / TOP_PERCENT, "50")])


def promise_chart(weeks: list[Week]) -> Chart:
    """Percent of first promises kept per week; below 80 is bad."""
    bars = []
    for number, week in enumerate(weeks):
        percent = week.percent_kept
        tone = "none" if percent is None else "good" if percent >= 90 else "wait" if percent >= 80 else "bad"
        bars.append(_bar(number, (percent or 0) / 100, tone, week.monday, percent))
    return Chart(bars, _width(len(weeks)), [_line(1, "100"), _line(0.5, "50")])


def _bar(number: int, part: float, tone: str, day: date | None, percent: int | None) -> Bar:
    height = round(part * HEIGHT, 1)
    label = "" if percent is None else str(percent)
    return Bar(GAP + number * (BAR + GAP), round(HEIGHT - height, 1), height, tone, label, day)


def _line(part: float, label: str) -> tuple[float, str]:
    return round(HEIGHT * (1 - part), 1), label


def _width(bars: int) -> int:
    return GAP + bars * (BAR + GAP)
