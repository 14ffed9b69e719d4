"""German plates, however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vehicles.errors import PlateInvalid
from vehicles.plates import parse_plate


@pytest.mark.parametrize(
    ("typed", "plate"),
    [
        ("hh nl 512e", "HH NL 512E"),
        ("HH-NL-512-E", "HH NL 512E"),
        ("  b  x 1 ", "B X 1"),
        ("BX1", "B X 1"),
        ("HROAB123", "HRO AB 123"),
        ("FÜ-X 9999 H", "FÜ X 9999H"),
        ("", ""),
    ],
)
def test_a_plate_is_written_in_one_way(typed, plate):
    assert parse_plate(typed) == plate


@pytest.mark.parametrize("typed", ["HHNL512", "HH NL 0512", "HH NL 51234", "HH 512", "TOOLONG 1", "HH NL 5X"])
def test_what_is_no_plate_or_unclear_is_refused_with_an_example(typed):
    with pytest.raises(PlateInvalid, match="HH NL 512E"):
        parse_plate(typed)


@given(st.text(max_size=20))
def test_a_parsed_plate_parses_to_itself(typed):
    try:
        plate = parse_plate(typed)
    except PlateInvalid:
        return
    assert parse_plate(plate) == plate
