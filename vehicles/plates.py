"""German number plates, read leniently (FZV Anlage 4)."""

import re

from django.utils.translation import gettext as _

from vehicles.errors import PlateInvalid

_SEPARATED = re.compile(r"([A-ZÄÖÜ]{1,3})[ \-]+([A-Z]{1,2})[ \-]*([1-9][0-9]{0,3})[ \-]*([EH]?)")
_TOGETHER = re.compile(r"([A-ZÄÖÜ]{2,5})([1-9][0-9]{0,3})[ \-]*([EH]?)")


def parse_plate(typed: str) -> str:
    """``hh-nl 512e`` → ``HH NL 512E``; empty stays empty.

    Raises PlateInvalid with an example, also where the district can't be told from the
    letters after it (HHN L or HH NL).
    """
    plate = " ".join(typed.upper().split())
    if not plate:
        return ""
    if match := _SEPARATED.fullmatch(plate):
        district, letters, number, kind = match.groups()
        return f"{district} {letters} {number}{kind}"
    if match := _TOGETHER.fullmatch(plate):
        letters, number, kind = match.groups()
        if len(letters) in (2, 5):  # only one way to read it
            cut = 1 if len(letters) == 2 else 3
            return f"{letters[:cut]} {letters[cut:]} {number}{kind}"
        raise PlateInvalid(
            _("Please put a blank after the district, for example “HH NL 512E”."), field="plate"
        )
    raise PlateInvalid(
        _("This does not look like a German number plate. Please write it like “HH NL 512E”."), field="plate"
    )
