"""What the front desk chooses for a visit on the board: its time, and who and what it takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import civil
from services.booking.allocating import Seat
from services.desk.planning import Place
from services.models import Appointment, Resource


class VisitPlanForm(forms.Form):
    """Time and seats. A seat lists all who could ever take it; whether they are free is asked on sending."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    clock = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")
    )

    def __init__(
        self,
        *args: Any,
        appointment: Appointment,
        seats: Sequence[Seat],
        resources: Sequence[Resource],
        may_move: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.appointment, self.seats = appointment, list(seats)
        self.by_id = {resource.pk: resource for resource in resources}
        start = appointment.starts_at.astimezone(appointment.centre.zone)
        self.fields["day"].initial, self.fields["clock"].initial = start.date(), start.time()
        for name in ("day", "clock"):
            self.fields[name].disabled = not may_move
        for seat in self.seats:
            self.fields[self.name_of(seat)] = self._field_of(seat)

    @staticmethod
    def name_of(seat: Seat) -> str:
        return f"seat_{seat.demand.position}_{seat.demand.part}"

    def _field_of(self, seat: Seat) -> forms.ChoiceField:
        free = {candidate.resource_id for candidate in seat.candidates}
        held = seat.allocation.resource_id if seat.allocation else None
        fitting = [
            resource
            for resource in self.by_id.values()
            if resource.kind == seat.demand.kind
            and resource.bay_type == seat.demand.bay_type
            and (
                seat.demand.skill is None
                or seat.demand.skill in {skill.pk for skill in resource.skills.all()}
            )
        ]
        if held is not None and held not in {resource.pk for resource in fitting}:
            fitting.insert(0, self.by_id[held])
        choices: list[tuple[Any, Any]] = [
            (resource.pk, resource.name if resource.pk in free or resource.pk == held else _busy(resource))
            for resource in sorted(
                fitting, key=lambda each: (each.pk != held, each.pk not in free, each.name)
            )
        ]
        if held is None:
            choices.insert(0, ("", _("nobody yet")))
        return forms.ChoiceField(
            label=self._label_of(seat), choices=choices, initial=held or "", required=False
        )

    def _label_of(self, seat: Seat) -> Any:
        part = str(Resource.Kind(seat.demand.kind).label)
        label = part[:1].upper() + part[1:]
        if not seat.demand.position:
            return {"pick_up": _("Driver, fetching"), "return": _("Driver, bringing back")}.get(
                seat.demand.part, label
            )
        jobs = {job.position: job.service_type.name for job in self.appointment.jobs.all()}
        return f"{label} · {jobs[seat.demand.position]}" if len(jobs) > 1 else label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("day") and cleaned.get("clock"):
            try:
                cleaned["starts_at"] = civil.instant(
                    cleaned["day"], cleaned["clock"], self.appointment.centre.zone
                )
            except civil.NonexistentTime:
                self.add_error("clock", _("This time does not exist: the clocks go forward."))
        return cleaned

    @property
    def starts_at(self) -> datetime:
        return self.cleaned_data["starts_at"]

    @property
    def chosen(self) -> dict[Place, Resource]:
        """The seats that were changed: the others only stay where they can."""
        found = {}
        for seat in self.seats:
            value = self.cleaned_data.get(self.name_of(seat))
            held = seat.allocation.resource_id if seat.allocation else None
            if value and int(value) != held:
                found[(seat.demand.position, str(seat.demand.part))] = self.by_id[int(value)]
        return found


def _busy(resource: Resource) -> Any:
    return _("%(name)s (not free now)") % {"name": resource.name}
