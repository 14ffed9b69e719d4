"""What the demo's workshops are called, when they are open, and what they offer."""

from datetime import time
from typing import Any, Literal

from services.models import BayType, ServiceType


def _centre(code: str, name: str, street: str, postcode: str, town: str, land: str, lat: float, lon: float,
            phone: str) -> dict[str, Any]:  # fmt: skip
    return {
        "code": code,
        "name": name,
        "street": street,
        "postcode": postcode,
        "town": town,
        "land": land,
        "latitude": lat,
        "longitude": lon,
        "phone": phone,
        "email": f"{code}@nordlicht.example",
    }


# Streets and house numbers are invented. Phone numbers: the Bundesnetzagentur's range for films.
CENTRES: tuple[dict[str, Any], ...] = (
    {
        "centre": _centre("hamburg-altona", "Hamburg-Altona", "Stresemannstraße 12", "22769", "Hamburg",
                          "HH", 53.5640, 9.9460, "+49 40 66969001"),
        "weekdays": (time(7, 30), time(17, 30)),
        "saturday": None,
    },
    {
        "centre": _centre("berlin-tempelhof", "Berlin-Tempelhof", "Am Flugfeld 8", "12101", "Berlin",
                          "BE", 52.4730, 13.4030, "+49 30 23125001"),
        "weekdays": (time(7, 30), time(18, 0)),
        "saturday": (time(9, 0), time(13, 0)),
    },
    {
        "centre": _centre("muenchen-riem", "München-Riem", "Messeweg 21", "81829", "München",
                          "BY", 48.1350, 11.6900, "+49 89 99998001"),
        "weekdays": (time(7, 0), time(18, 0)),
        "saturday": (time(9, 0), time(14, 0)),
    },
    {
        "centre": _centre("koeln-ehrenfeld", "Köln-Ehrenfeld", "Lichtstraße 40", "50825", "Köln",
                          "NW", 50.9510, 6.9120, "+49 221 4710001"),
        "weekdays": (time(8, 0), time(18, 0)),
        "saturday": (time(9, 0), time(13, 0)),
    },
    {
        "centre": _centre("leipzig-plagwitz", "Leipzig-Plagwitz", "Weißenfelser Straße 77", "04229",
                          "Leipzig", "SN", 51.3260, 12.3350, "+49 341 5550001"),
        "weekdays": (time(7, 30), time(17, 0)),
        "saturday": None,
    },
    {
        "centre": _centre("stuttgart-feuerbach", "Stuttgart-Feuerbach", "Am Nordbahnhof 5", "70469",
                          "Stuttgart", "BW", 48.8120, 9.1690, "+49 711 5550001"),
        "weekdays": (time(7, 30), time(17, 30)),
        "saturday": (time(9, 0), time(12, 0)),
    },
)  # fmt: skip

SKILLS = (
    ("mechanics", "Mechanik", "Mechanics"),
    ("high-voltage", "HV-Technik", "High voltage"),
    ("electronics", "Elektronik", "Electronics"),
    ("body", "Karosserie und Lack", "Body and paint"),
)


def _type(code: str, de: str, en: str, text_de: str, text_en: str, *, minutes: int, skill: str | None,
          bay: BayType | Literal[""], price: int | None, icon: str, grid: int = 30,
          **more: Any) -> dict[str, Any]:  # fmt: skip
    return {
        "code": code,
        "name_de": de,
        "name_en": en,
        "text_de": text_de,
        "text_en": text_en,
        "duration_minutes": minutes,
        "skill": skill,
        "bay_type": bay,
        "price_cents": price,
        "icon": icon,
        "grid_minutes": grid,
        **more,
    }


SERVICE_TYPES = (
    _type("wheel-change", "Räderwechsel mit Einlagerung", "Wheel change with storage",
          "Räder tauschen, wuchten, Profil messen, einlagern",
          "Change, balance, measure and store your wheels",
          minutes=45, skill="mechanics", bay=BayType.LIFT, price=8900, icon="wrench"),
    _type("inspection", "Inspektion", "Inspection",
          "Nach Serviceplan, mit Protokoll", "Following the service plan, with a report",
          minutes=120, skill="mechanics", bay=BayType.LIFT, price=24900, icon="wrench"),
    _type("brakes", "Bremsen", "Brakes",
          "Prüfen und, wenn nötig, erneuern", "Check, and renew where needed",
          minutes=90, skill="mechanics", bay=BayType.LIFT, price=None, icon="wrench"),
    _type("battery-diagnosis", "Akkudiagnose", "Battery diagnosis",
          "Zustand, Zellabgleich und Kühlung am HV-Platz", "Health, cell balance and cooling",
          minutes=90, skill="high-voltage", bay=BayType.HIGH_VOLTAGE, price=12900, icon="battery-charging",
          buffer_before_minutes=15, buffer_after_minutes=15),
    _type("climate", "Klimaservice", "Air conditioning service",
          "Kältemittel, Filter und Wärmepumpe", "Refrigerant, filter and heat pump",
          minutes=60, skill="mechanics", bay=BayType.LIFT, price=11900, icon="wrench"),
    _type("alignment", "Achsvermessung", "Wheel alignment",
          "Messen und einstellen, mit Protokoll", "Measure and adjust, with a report",
          minutes=60, skill="mechanics", bay=BayType.ALIGNMENT, price=9900, icon="wrench"),
    _type("electronics", "Elektronik prüfen", "Electronics check",
          "Warnmeldungen, Kameras und Sensoren", "Warnings, cameras and sensors",
          minutes=60, skill="electronics", bay=BayType.LIFT, price=None, icon="wrench", is_mobile=True),
    _type("body", "Lack und Karosserie", "Paint and body",
          "Schaden ansehen und Kosten schätzen", "Look at the damage and estimate the cost",
          minutes=30, skill="body", bay=BayType.BODY, price=None, icon="car"),
    _type("winter-check", "Wintercheck", "Winter check",
          "Kostenlos: Licht, Wischer, Reifen, Akku", "Free of charge: lights, wipers, tyres, battery",
          minutes=30, skill="mechanics", bay=BayType.LIFT, price=0, icon="shield-check", is_mobile=True),
    _type("main-inspection", "Hauptuntersuchung", "General inspection",
          "Mit Prüfingenieur bei uns im Haus", "With an examiner at our centre",
          minutes=60, skill="mechanics", bay=BayType.LIFT, price=15900, icon="circle-check"),
)  # fmt: skip

# What not every house has: it needs a swap station, cars to try, or a campaign.
MORE_TYPES = (
    _type("battery-swap", "Akkutausch", "Battery swap",
          "In zehn Minuten voll, ohne Termin auch später am Tag", "Full in ten minutes",
          minutes=10, skill=None, bay="", place=ServiceType.Place.LANE, price=1490,
          icon="battery-charging", grid=10, notice_hours=0, horizon_days=14),
    _type("test-drive", "Probefahrt", "Test drive",
          "Allein oder mit Beratung; bitte den Führerschein mitbringen",
          "By yourself or with an advisor; please bring your licence",
          minutes=60, skill=None, bay="", place=ServiceType.Place.TEST_CAR, price=0, icon="car",
          needs_car=False, buffer_before_minutes=15, buffer_after_minutes=15),
    _type("recall-work", "Rückruf oder Aktion", "Recall or campaign",
          "Kostenlos: was der Hersteller für Ihr Auto vorsieht",
          "Free of charge: what the maker provides for your car",
          minutes=60, skill="high-voltage", bay=BayType.LIFT, price=0, icon="triangle-alert"),
)  # fmt: skip

# What is asked when somebody books: code of the work, question, answers to choose from.
QUESTIONS: tuple[tuple[str, str, str, list[str], list[str]], ...] = (
    ("brakes", "Was fällt Ihnen auf?", "What do you notice?",
     ["Quietschen", "Rütteln beim Bremsen", "Längerer Weg", "Warnleuchte"],
     ["Squealing", "Shaking", "Longer way", "Warning light"]),
    ("brakes", "Seit wann?", "Since when?", [], []),
    ("electronics", "Welche Meldung zeigt das Auto?", "Which message does the car show?", [], []),
    ("electronics", "Wann tritt es auf?", "When does it happen?",
     ["Immer", "Manchmal", "Nur bei Kälte"], ["Always", "Sometimes", "Only when it is cold"]),
    ("battery-diagnosis", "Ist die Reichweite kleiner geworden?", "Has the range become shorter?",
     ["Nein", "Etwas", "Deutlich"], ["No", "A little", "Clearly"]),
    ("body", "Wo ist der Schaden?", "Where is the damage?",
     ["Vorn", "Hinten", "Seite", "Dach", "Glas"], ["Front", "Rear", "Side", "Roof", "Glass"]),
)  # fmt: skip

TECHNICIANS: tuple[tuple[str, str], ...] = tuple(
    (name.split(" ", 1)[0], name.split(" ", 1)[1])
    for name in [
        "Mehmet Sahin",
        "Tove Olsen",
        "Jan Brandt",
        "Svenja Kröger",
        "Pawel Wójcik",
        "Leonie Graf",
        "Ali Demir",
        "Maik Schulze",
        "Nina Wolter",
        "Xaver Huber",
        "Franziska Moser",
        "Korbinian Aigner",
        "Dragana Petrović",
        "Sepp Lechner",
        "Timo Esser",
        "Büşra Aydın",
        "Jupp Schmitz",
        "Alina Weber",
        "Marco Rossi",
        "Ronny Lehmann",
        "Mandy Krause",
        "Denis Vogel",
        "Kathrin Böhme",
        "Falk Richter",
        "Uli Häberle",
        "Selin Yılmaz",
        "Matthias Bauer",
        "Carmen Schäfer",
        "Jörg Kübler",
    ]
)
