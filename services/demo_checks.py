"""The check sheets of the demo: what is measured and looked at, with limits.

Limits: tread of winter tyres 4 mm (what tyre makers advise; StVZO §36 asks for 1.6 mm), brake
fluid below 3 % water, insulation of high-voltage parts above 500 Ω/V (UN R100): 400 V make 200 kΩ.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from services.models import CheckItem, ServiceType


class _Item(NamedTuple):
    de: str
    en: str
    unit: str = ""
    lowest: str | None = None
    highest: str | None = None


_TREAD = tuple(
    _Item(f"Profil {de}", f"Tread {en}", "mm", "4.0")
    for de, en in (
        ("vorn links", "front left"),
        ("vorn rechts", "front right"),
        ("hinten links", "rear left"),
        ("hinten rechts", "rear right"),
    )
)

SHEETS: dict[str, tuple[_Item, ...]] = {
    "wheel-change": (
        *_TREAD,
        _Item("Reifendruck vorn", "Tyre pressure front", "bar", "2.4", "3.0"),
        _Item("Reifendruck hinten", "Tyre pressure rear", "bar", "2.5", "3.1"),
        _Item("Anzugsmoment der Radschrauben", "Wheel bolt torque", "Nm", "135", "145"),
        _Item("Reifen: Schäden und Alter", "Tyres: damage and age"),
    ),
    "inspection": (
        *_TREAD,
        _Item("Bremsbeläge vorn", "Brake pads front", "mm", "3.0"),
        _Item("Bremsbeläge hinten", "Brake pads rear", "mm", "3.0"),
        _Item("Bremsflüssigkeit: Wasseranteil", "Brake fluid: water", "%", None, "3.0"),
        _Item("12-V-Batterie: Ruhespannung", "12 V battery: resting voltage", "V", "12.4", "13.0"),
        _Item("Kühlmittel: Frostschutz bis", "Coolant: frost protection down to", "°C", None, "-25"),
        _Item("Beleuchtung und Hupe", "Lights and horn"),
        _Item("Wischer und Scheibe", "Wipers and windscreen"),
        _Item("Unterboden und Batteriewanne", "Underbody and battery tray"),
        _Item("Achsgelenke und Spiel", "Axle joints and play"),
    ),
    "brakes": (
        _Item("Belagstärke vorn", "Pad thickness front", "mm", "3.0"),
        _Item("Belagstärke hinten", "Pad thickness rear", "mm", "3.0"),
        _Item("Scheibenstärke vorn", "Disc thickness front", "mm", "28.0"),
        _Item("Scheibenstärke hinten", "Disc thickness rear", "mm", "20.0"),
        _Item("Schlag der Scheiben", "Disc run-out", "mm", None, "0.10"),
        _Item("Unterschied links und rechts", "Difference left and right", "%", None, "25"),
        _Item("Bremsflüssigkeit: Wasseranteil", "Brake fluid: water", "%", None, "3.0"),
        _Item("Leitungen und Schläuche", "Lines and hoses"),
    ),
    "battery-diagnosis": (
        _Item("Spannungsfrei geschaltet und gesichert", "De-energised and secured"),
        _Item("Zustand (SoH)", "State of health", "%", "80"),
        _Item("Spannungsunterschied der Zellen", "Cell voltage spread", "mV", None, "30"),
        _Item("Isolationswiderstand", "Insulation resistance", "kΩ", "200"),
        _Item("Höchste Zelltemperatur", "Highest cell temperature", "°C", None, "40"),
        _Item("Kühlmitteldruck", "Coolant pressure", "bar", "0.8", "1.4"),
        _Item("Gehäuse und Dichtung", "Housing and seal"),
    ),
}


def write_sheets(types: Iterable[ServiceType]) -> int:
    """The points of those kinds of work that have a sheet; how many that were."""
    rows = [
        CheckItem(
            service_type=kind,
            position=position,
            text_de=item.de,
            text_en=item.en,
            unit=item.unit,
            lowest=None if item.lowest is None else Decimal(item.lowest),
            highest=None if item.highest is None else Decimal(item.highest),
        )
        for kind in types
        for position, item in enumerate(SHEETS.get(kind.code, ()), start=1)
    ]
    CheckItem.objects.bulk_create(rows)
    return len(rows)
