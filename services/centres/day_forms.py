"""Shapes of what staff type about absences, closings and new times."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from common.choosing import offer
from services.centres import absences, hours, spans
from services.centres.forms import clock
from services.models import Centre, Resource


def day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )


LEADING = ("resource", "reason", "name")


class SpanForm(forms.Form):
    """From a day, perhaps a time of it, to a day."""

    first_day = day(_("From"))
    begins = clock(_("Time of the begin"))
    last_day = day(_("Until"))
    ends = clock(_("Time of the end"))

    def leading(self) -> list[Any]:
        return [self[name] for name in self.fields if name in LEADING]

    def ends_of_span(self) -> list[tuple[Any, Any]]:
        return [(self["first_day"], self["begins"]), (self["last_day"], self["ends"])]

    def trailing(self) -> list[Any]:
        return [self[name] for name in self.fields if name == "holiday"]

    def span(self, zone: ZoneInfo) -> DateTimeTZRange:
        """Raises Invalid, see spans.typed_span."""
        typed = self.cleaned_data
        return spans.typed_span(
            zone=zone,
            first_day=typed["first_day"],
            begins=typed["begins"],
            last_day=typed["last_day"],
            ends=typed["ends"],
        )


class AbsenceForm(SpanForm):
    resource = forms.ModelChoiceField(Resource.objects.none(), label=_("Who or what"))
    reason = forms.ChoiceField(label=_("Reason"), choices=absences.reasons())
    field_order = ("resource", "reason", "first_day", "begins", "last_day", "ends")

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Resource.objects.filter(centre=centre, is_active=True)
        offer(self, "resource", here.order_by("kind", "name"))
        field: Any = self.fields["resource"]
        field.label_from_instance = lambda each: f"{each.name} ({each.get_kind_display()})"


class ClosureForm(SpanForm):
    name = forms.CharField(
        label=_("Why"), max_length=120, help_text=_("Customers do not see it: “Stocktaking”, “Water damage”.")
    )
    holiday = forms.BooleanField(label=_("It is a public holiday"), required=False)
    field_order = ("name", "first_day", "begins", "last_day", "ends", "holiday")


class ExtraOpeningForm(forms.Form):
    """One day, from when to when, and who works then."""

    name = forms.CharField(
        label=_("Why"),
        max_length=hours.NAME_LENGTH,
        required=False,
        help_text=_("Customers do not see it: “Wheel-change Sunday”."),
    )
    day = day(_("Day"))
    opens = forms.TimeField(
        label=_("opens"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=time(9)
    )
    closes = forms.TimeField(
        label=_("closes"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=time(14)
    )
    people = forms.ModelMultipleChoiceField(
        Resource.objects.none(),
        label=_("Who works then"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All others are there only where their working week says so."),
    )

    def __init__(self, *args: Any, centre: Centre | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Resource.objects.filter(centre=centre, is_active=True, kind__in=Resource.Kind.people())
        offer(self, "people", people.order_by("name", "pk"))

    def clean_people(self) -> list[Resource]:
        return list(self.cleaned_data["people"])


class NewTimeForm(forms.Form):
    """One of the proposals, or a day and a time of one's own."""

    slot = forms.ChoiceField(label=_("Proposed times"), required=False, widget=forms.RadioSelect)
    own_day = day(_("Another day"), required=False)
    own_time = clock(_("Time"))

    def __init__(self, *args: Any, slots: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["slot"]
        field.choices = slots
        if not slots:
            del self.fields["slot"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        own: tuple[date | None, Any] = (values.get("own_day"), values.get("own_time"))
        if (own[0] is None) != (own[1] is None):
            self.add_error("own_time", _("A day and a time, please."))
        elif own[0] is None and not values.get("slot") and not self.errors:
            raise forms.ValidationError(_("Please choose a time."), code="no_time")
        return values

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """The own time, where one is typed; in UTC. Raises Invalid (no_such_time)."""
        typed = self.cleaned_data
        if typed.get("own_day"):
            return spans.typed_instant(zone=zone, day=typed["own_day"], clock=typed["own_time"])
        return datetime.fromisoformat(typed["slot"]).astimezone(UTC)
