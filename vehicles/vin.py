"""Vehicle identification numbers: ISO 3779 (characters, length) and ISO 3780 (maker, country)."""

from typing import NamedTuple

from babel import Locale
from django.utils import translation
from django.utils.translation import gettext as _
from vininfo import Vin

from common import brand
from vehicles.errors import VinInvalid

LENGTH = 17
ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
# ISO 3779 leaves these out because they look like digits.
LOOKALIKES = {"I": "1", "O": "0", "Q": "0"}
# The check character at place 9 is binding in North America (49 CFR 565.15) and in
# China (GB 16735); elsewhere, Europe included, that place is free.
CHECKED_REGIONS = "12345L"
CHECK_PLACE = 9


class VinFacts(NamedTuple):
    """What the number itself tells: country of the maker, model year where it is coded."""

    wmi: str
    country: str
    model_year: int | None
    serial: str


def parse_vin(typed: str) -> str:
    """The number in capitals without blanks and hyphens.

    Raises VinInvalid that names the wrong characters and their places (counted from 1).
    """
    vin = "".join(
        char.upper() if char.isascii() else char for char in typed if not char.isspace() and char != "-"
    )
    wrong = [(place, char) for place, char in enumerate(vin[:LENGTH], start=1) if char not in ALPHABET]
    if wrong:
        raise VinInvalid(" ".join(_wrong_character(place, char) for place, char in wrong[:3]), field="vin")
    if len(vin) != LENGTH:
        raise VinInvalid(
            _("A vehicle identification number has 17 characters; this one has %(count)d.")
            % {"count": len(vin)},
            field="vin",
        )
    if vin[0] in CHECKED_REGIONS and (expected := check_character(vin)) != vin[CHECK_PLACE - 1]:
        raise VinInvalid(
            _("Place 9, the check character, is “%(found)s” but must be “%(expected)s”: look for a typo.")
            % {"found": vin[CHECK_PLACE - 1], "expected": expected},
            field="vin",
        )
    return vin


def _wrong_character(place: int, char: str) -> str:
    if char in LOOKALIKES:
        text = _("Place %(place)d: a VIN never has the letter “%(char)s”. Do you mean “%(meant)s”?")
        return text % {"place": place, "char": char, "meant": LOOKALIKES[char]}
    text = _("Place %(place)d: “%(char)s” cannot occur in a VIN, only letters and digits.")
    return text % {"place": place, "char": char}


def check_character(vin: str) -> str:
    """The check character that place 9 must have, by 49 CFR 565.15 (weights modulo 11)."""
    values = {char: int(char) for char in "0123456789"}
    values |= dict(zip("ABCDEFGH", range(1, 9), strict=True))
    values |= dict(zip("JKLMN", range(1, 6), strict=True)) | {"P": 7, "R": 9}
    values |= dict(zip("STUVWXYZ", range(2, 10), strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(values[char] * weight for char, weight in zip(vin, weights, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def decode(vin: str) -> VinFacts:
    """Facts of a valid number. The model year is told only for the brand's own numbers:
    European makers need not code it at place 10."""
    parsed = Vin(vin)
    own = parsed.wmi == brand.current().get("wmi", "WNL")
    return VinFacts(
        wmi=parsed.wmi,
        country=_country(parsed.country or ""),
        model_year=parsed.years[0] if own and parsed.years else None,
        serial=vin[-6:],
    )


def _country(english: str) -> str:
    """The country's name in the active language; vininfo knows English ones only."""
    codes = {name: code for code, name in Locale("en").territories.items()}
    language = (translation.get_language() or "de").partition("-")[0]
    return Locale(language).territories.get(codes.get(english, ""), english)
