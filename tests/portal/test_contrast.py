"""The colour tokens reach WCAG 2.2 AA in both themes: read from the style sheet itself."""

import re

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "frontend" / "css" / "tokens.css").read_text()
PAIRS = dict(re.findall(r"--([a-z0-9-]+): (light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\));", TOKENS))
AA_TEXT, AA_PARTS = 4.5, 3.0

TEXT_ON = [
    (ink, ground)
    for ground in ("paper", "card", "sunken")
    for ink in ("ink", "ink-2", "ink-3", "aurora", "rose")
] + [
    ("aurora-on", "aurora"),
    ("rose-on", "rose"),
    ("card", "ink"),
    ("paper", "ink"),
    ("aurora-ink", "aurora-soft"),
    ("violet-ink", "violet-soft"),
    ("amber-ink", "amber-soft"),
    ("rose-ink", "rose-soft"),
    ("blue-ink", "blue-soft"),
]


def colour(token: str, theme: str) -> str:
    light, dark = re.findall(r"#[0-9a-f]{6}", PAIRS[token])
    return dark if theme == "dark" else light


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read(ink, ground, theme):
    assert contrast(colour(ink, theme), colour(ground, theme)) >= AA_TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(theme):
    assert contrast(colour("line-field", theme), colour("card", theme)) >= AA_PARTS
    assert contrast(colour("aurora", theme), colour("paper", theme)) >= AA_PARTS
