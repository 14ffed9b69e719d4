"""Where the demo's workshops are: the six of the usual size, and more of them for a larger one."""

from datetime import time
from typing import Any, NamedTuple

from services.demo_catalogue import CENTRES


class Town(NamedTuple):
    """Longitudes and latitudes of the towns; what stands there is invented."""

    name: str
    part: str
    postcode: str
    land: str
    latitude: float
    longitude: float


# Länder without a workshop at the usual size come first.
TOWNS = tuple(
    Town(*row)
    for row in (
        ("Kiel", "Wik", "24106", "SH", 54.350, 10.130),
        ("Hannover", "Linden", "30449", "NI", 52.365, 9.710),
        ("Bremen", "Überseestadt", "28217", "HB", 53.095, 8.775),
        ("Frankfurt am Main", "Fechenheim", "60386", "HE", 50.120, 8.750),
        ("Mainz", "Mombach", "55120", "RP", 50.020, 8.220),
        ("Saarbrücken", "Burbach", "66115", "SL", 49.235, 6.955),
        ("Rostock", "Marienehe", "18069", "MV", 54.105, 12.080),
        ("Potsdam", "Babelsberg", "14482", "BB", 52.390, 13.100),
        ("Magdeburg", "Sudenburg", "39116", "ST", 52.110, 11.590),
        ("Erfurt", "Hohenwinden", "99086", "TH", 51.010, 11.030),
        ("Dresden", "Löbtau", "01159", "SN", 51.040, 13.700),
        ("Nürnberg", "Muggenhof", "90429", "BY", 49.457, 11.040),
        ("Düsseldorf", "Flingern", "40233", "NW", 51.223, 6.815),
        ("Freiburg im Breisgau", "Haid", "79111", "BW", 47.990, 7.800),
        ("Dortmund", "Dorstfeld", "44149", "NW", 51.505, 7.415),
        ("Münster", "Gievenbeck", "48161", "NW", 51.968, 7.575),
        ("Kassel", "Bettenhausen", "34123", "HE", 51.300, 9.535),
        ("Augsburg", "Lechhausen", "86167", "BY", 48.385, 10.930),
        ("Lübeck", "Genin", "23560", "SH", 53.840, 10.670),
        ("Oldenburg", "Tweelbäke", "26135", "NI", 53.120, 8.270),
        ("Braunschweig", "Querum", "38108", "NI", 52.295, 10.560),
        ("Mannheim", "Käfertal", "68309", "BW", 49.515, 8.525),
        ("Karlsruhe", "Hagsfeld", "76139", "BW", 49.030, 8.455),
        ("Regensburg", "Haslbach", "93059", "BY", 49.045, 12.130),
    )
)
STREETS = ("Werkstraße", "Am Güterbahnhof", "Hafenallee", "Gewerbering", "Ladestraße", "Alte Ziegelei")
HOURS = (
    ((time(7, 30), time(17, 30)), None),
    ((time(8, 0), time(18, 0)), (time(9, 0), time(13, 0))),
    ((time(7, 0), time(17, 0)), (time(9, 0), time(12, 0))),
)


def rows(scale: int) -> list[dict[str, Any]]:
    """Six workshops per ``scale``; from the second round on a town has several."""
    more = [_row(place) for place in range(len(CENTRES) * (scale - 1))]
    return [*CENTRES, *more]


def _row(place: int) -> dict[str, Any]:
    town, turn = TOWNS[place % len(TOWNS)], place // len(TOWNS)
    name = f"{town.name}-{town.part}" + (f" {turn + 1}" if turn else "")
    # Further houses lie around the first, some 3 km from one to the next.
    north, east = (0.03 * ((turn + 1) // 2) * sign for sign in (1 if turn % 2 else -1, -1 if turn % 3 else 1))
    weekdays, saturday = HOURS[place % len(HOURS)]
    return {
        "centre": {
            "code": f"centre-{place + 7}",
            "name": name,
            "street": f"{STREETS[place % len(STREETS)]} {place % 90 + 1}",
            "postcode": town.postcode,
            "town": town.name,
            "land": town.land,
            "latitude": round(town.latitude + north, 4),
            "longitude": round(town.longitude + east, 4),
            # The Bundesnetzagentur keeps these for films.
            "phone": f"+49 30 23125{(place + 10) % 1000:03d}",
            "email": f"centre-{place + 7}@nordlicht.example",
        },
        "weekdays": weekdays,
        "saturday": saturday,
    }


__all__ = ["rows"]
