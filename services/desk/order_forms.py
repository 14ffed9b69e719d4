"""What is typed at check-in: the car as it came, what is ordered, and damage on its outline."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.money import format_money
from common.templatetags.typography import number
from documents.fields import SignatureField, UploadsField, receive
from services.desk import outlines, repair_orders
from services.desk.invoicing import Payer, Position
from services.desk.repair_orders import Mark, Order
from services.models import DamageMark, RepairOrder

SPARE_ROWS = 3  # for who has no script; with one, rows come as needed
THOUSANDTHS: dict[str, Any] = {
    "min_value": 0,
    "max_value": 1000,
    "required": False,
    "widget": forms.HiddenInput,
}


class MarkForm(forms.Form):
    """One damage: pointed at (x and y), or its place chosen from a list. A row without words is none."""

    view = forms.ChoiceField(label=_("Side"), choices=DamageMark.View, required=False)
    spot = forms.ChoiceField(
        label=_("Place"), choices=[(spot.code, spot.label) for spot in outlines.SPOTS], required=False
    )
    x = forms.IntegerField(**THOUSANDTHS)
    y = forms.IntegerField(**THOUSANDTHS)
    text = forms.CharField(label=_("What is damaged?"), max_length=160, required=False)

    @property
    def mark(self) -> Mark | None:
        typed = self.cleaned_data
        if not typed.get("text"):
            return None
        spot = next((each for each in outlines.SPOTS if each.code == typed["spot"]), outlines.SPOTS[4])
        x, y = typed.get("x"), typed.get("y")
        # Pointed at, unless another place was chosen from the list since.
        if x is None or y is None or outlines.spot_at(x, y).code != spot.code:
            x, y = spot.x, spot.y
        return Mark(typed["view"], x, y, typed["text"])


class OrderForm(forms.Form):
    """Check-in, or a changed order. Its rows of damage are ``marks``."""

    mileage_km = forms.IntegerField(label=_("Mileage (km)"), min_value=0, max_value=repair_orders.MOST_KM)
    charge_percent = forms.IntegerField(label=_("Charge (%)"), min_value=0, max_value=100, required=False)
    key = forms.ChoiceField(
        label=_("Key"), choices=RepairOrder.Key, initial=RepairOrder.Key.HANDED, widget=forms.RadioSelect
    )
    key_place = forms.CharField(
        label=_("Where the key hangs"),
        help_text=_("Needed for a key from the key drop."),
        max_length=20,
        required=False,
    )
    work = forms.CharField(
        label=_("What is to be done"),
        max_length=repair_orders.WORK_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    price_limit = forms.DecimalField(
        label=_("Up to (euros, including VAT)"),
        help_text=_("Beyond that we ask first. Empty: no limit was agreed."),
        min_value=Decimal(0),
        max_value=Decimal(100_000),
        decimal_places=2,
        localize=True,
        required=False,
    )
    remarks = forms.CharField(
        label=_("Remarks"),
        help_text=_("They stand on the paper that the customer signs."),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    pictures = UploadsField(
        kind=repair_orders.PICTURE, max_files=12, label=_("Photos of the car"), required=False
    )
    ask_online = forms.BooleanField(
        label=_("The customer is not here: ask for the signature by message"), required=False
    )

    def __init__(
        self,
        *args: Any,
        user: User,
        now: datetime,
        owner: User,
        marks: list[DamageMark],
        last_km: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        receive(self, "pictures", user, now, owner=owner)
        if last_km is not None:
            told = {"km": number(last_km)}
            self.fields["mileage_km"].help_text = _("The last time it was %(km)s km.") % told
        rows = forms.formset_factory(MarkForm, extra=SPARE_ROWS, max_num=repair_orders.MOST_MARKS)
        self.marks = rows(
            self.data if self.is_bound else None,
            prefix="marks",
            initial=[
                {
                    "view": each.view,
                    "spot": outlines.spot_at(each.x, each.y).code,
                    "x": each.x,
                    "y": each.y,
                    "text": each.text,
                }
                for each in marks
            ],
        )

    def is_valid(self) -> bool:
        fine = super().is_valid()
        if self.marks.is_valid():
            return fine
        self.add_error(None, _("Please look at the damage marks again."))
        return False

    @property
    def written(self) -> Order:
        typed = self.cleaned_data
        limit = typed["price_limit"]
        return Order(
            work=typed["work"],
            mileage_km=typed["mileage_km"],
            charge_percent=typed["charge_percent"],
            price_limit_cents=None if limit is None else int(limit * 100),
            key=typed["key"],
            key_place=typed["key_place"],
            remarks=typed["remarks"],
            marks=[row.mark for row in self.marks if row.mark is not None],
        )


class HandBackForm(forms.Form):
    """The end of a visit."""

    done = forms.CharField(
        label=_("What was done"),
        help_text=_("The customer reads it."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    looked = forms.BooleanField(label=_("We looked the car over together, and the key is handed back."))

    def __init__(self, *args: Any, positions: Sequence[Position] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.positions = positions
        for place, each in enumerate(positions):
            self.fields[f"payer_{place}"] = forms.ChoiceField(
                label=_("%(what)s, %(amount)s: who pays?")
                % {"what": each.text, "amount": format_money(each.gross_cents)},
                choices=Payer.choices,
                initial=Payer.CUSTOMER,
            )

    @property
    def payers(self) -> dict[str, str]:
        """Who bears which position."""
        return {each.key: self.cleaned_data[f"payer_{place}"] for place, each in enumerate(self.positions)}


class ScreenSignForm(forms.Form):
    """A signature on the screen that a colleague hands over."""

    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    signer_name = forms.CharField(
        label=_("Your full name"), max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )
    strokes = SignatureField(label=_("Your signature"))
