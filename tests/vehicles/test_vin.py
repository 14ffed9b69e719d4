"""VINs as people type them: forgiven where harmless, refused with the place of the error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vininfo import Vin

from vehicles.errors import VinInvalid
from vehicles.vin import ALPHABET, LOOKALIKES, check_character, decode, parse_vin

EUROPEAN = "STUVWXYZ"
european_vins = st.tuples(st.sampled_from(EUROPEAN), st.text(ALPHABET, min_size=16, max_size=16)).map("".join)
american_vins = st.tuples(st.sampled_from("1245"), st.text(ALPHABET, min_size=16, max_size=16)).map("".join)


@given(european_vins)
def test_any_european_number_of_17_permitted_characters_is_accepted(vin):
    assert parse_vin(vin) == vin
    assert decode(vin).serial == vin[-6:]


@given(european_vins, st.integers(0, 16))
def test_case_blanks_and_hyphens_do_not_matter(vin, cut):
    assert parse_vin(f"  {vin[:cut].lower()} -{vin[cut:]}\t") == vin


@given(european_vins, st.integers(0, 16), st.sampled_from(sorted(LOOKALIKES)))
def test_a_letter_that_looks_like_a_digit_is_named_with_its_place(vin, place, letter):
    with pytest.raises(VinInvalid) as caught:
        parse_vin(vin[:place] + letter + vin[place + 1 :])
    assert str(place + 1) in str(caught.value)
    assert f"“{letter}”" in str(caught.value) or f"„{letter}“" in str(caught.value)
    assert LOOKALIKES[letter] in str(caught.value)


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(typed):
    try:
        vin = parse_vin(typed)
    except VinInvalid:
        return
    assert len(vin) == 17


@given(european_vins.flatmap(lambda vin: st.integers(0, 16).map(lambda cut: vin[:cut])))
def test_a_short_number_is_told_its_length(vin):
    with pytest.raises(VinInvalid, match=str(len(vin))):
        parse_vin(vin)


@given(american_vins)
def test_the_check_character_binds_where_it_applies_and_agrees_with_vininfo(vin):
    right = vin[:8] + check_character(vin) + vin[9:]
    assert parse_vin(right) == right
    assert Vin(right).verify_checksum(check_year=False)
    other = "1" if right[8] != "1" else "2"
    with pytest.raises(VinInvalid, match="9"):
        parse_vin(right[:8] + other + right[9:])


def test_a_known_american_number_is_accepted_and_decoded():
    assert parse_vin("1M8GDM9AXKP042788") == "1M8GDM9AXKP042788"  # the example of 49 CFR 565
    assert decode("1M8GDM9AXKP042788").model_year is None


def test_the_brands_own_number_tells_country_and_model_year():
    facts = decode("WNLN5BZZZTH000512")
    assert (facts.wmi, facts.country, facts.model_year) == ("WNL", "Deutschland", 2026)


def test_each_wrong_character_is_named():
    with pytest.raises(VinInvalid) as caught:
        parse_vin("WNLÄ5BZZZTH0005?2")
    assert "4" in str(caught.value)
    assert "Ä" in str(caught.value)
    assert "16" in str(caught.value)
