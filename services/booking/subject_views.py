"""What the second and the third step of a booking share: what it is about, and the time that is kept."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from services import live
from services.booking import availability
from services.booking.availability import Slot
from services.booking.forms import SubjectForm
from services.booking.plans import Plan, make_plan
from services.booking.views import instant_text, person
from services.forms import WeekForm
from services.models import Centre, Hold, ServiceType, Way
from services.visits import appointments
from vehicles.models import Vehicle

DRAFT = "services.booking"  # of the session: note, answers, pictures
STEPS = [_("Request"), _("Place and time"), _("Confirm")]


def cars_of(request: HttpRequest) -> Any:
    """The cars that the person may bring to service."""
    cars = Vehicle.objects.usable_by(person(request), right="service", now=timezone.now())
    return cars.select_related("model").order_by("pk")


class Subject:
    """Steps two and three: sent back to step one without work, or without a car for it."""

    request: HttpRequest
    vehicle: Vehicle | None
    service_types: list[ServiceType]
    centre: Centre
    near: tuple[float, float] | None
    plan: Plan
    objection: Invalid | None = None  # why car and workshop can't come together as wished

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]
        asked = SubjectForm(request.POST or request.GET, cars=cars_of(request))
        asked.is_valid()
        if not self._read(asked.cleaned_data):
            return redirect(f"{reverse('services:book')}?{request.GET.urlencode()}")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def _read(self, chosen: dict[str, Any]) -> bool:
        self.service_types = list(chosen.get("service_type") or [])
        self.vehicle, self.near = chosen.get("vehicle"), chosen.get("near")
        centre = chosen.get("centre") or appointments.usual_centre(person(self.request))
        if not self.service_types or centre is None:
            return False
        self.centre = centre
        way = Way(chosen.get("way") or Way.BRING)
        postcode = str(chosen.get("postcode") or "") if way in Way.travelling() else ""
        self.wished = {"way": way, "loan_car": bool(chosen.get("loan_car")), "postcode": postcode}
        try:
            self.plan = make_plan(service_types=self.service_types)
        except Invalid:
            return False
        if not self.plan.needs_car:
            self.vehicle = None
        try:
            self.plan = make_plan(
                service_types=self.service_types,
                way=way,
                loan_car=bool(chosen.get("loan_car")),
                postcode=postcode,
            )
        except Invalid as error:
            self.objection = error
        return self.vehicle is not None or not self.plan.needs_car

    @property
    def kept(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "service_type": [kind.pk for kind in self.service_types],
            "centre": self.centre.pk,
        }
        if self.vehicle is not None:
            found["vehicle"] = self.vehicle.pk
        if self.wished["way"] != Way.BRING:
            found["way"] = str(self.wished["way"])
        if self.wished["loan_car"]:
            found["loan_car"] = "on"
        if self.wished["postcode"]:
            found["postcode"] = self.wished["postcode"]
        if self.near:
            found["near"] = f"{self.near[0]},{self.near[1]}"
        return found

    def to(self, name: str, **changed: Any) -> str:
        return f"{reverse(name)}?{urlencode({**self.kept, **changed}, doseq=True)}"

    @property
    def hidden(self) -> list[tuple[str, Any]]:
        """``kept`` as the hidden fields of a form."""
        pairs: list[tuple[str, Any]] = []
        for name, value in self.kept.items():
            pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
        return pairs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc,no-any-return]
            steps=STEPS,
            vehicle=self.vehicle,
            service_types=self.service_types,
            plan=self.plan,
            minutes=int(self.plan.length.total_seconds() // 60),
            way_label=Way(self.plan.way).label,
            centre=self.centre,
            hidden=self.hidden,
            hidden_elsewhere=[each for each in self.hidden if each[0] != "centre"],
            subject_url=self.to("services:book"),
            time_url=self.to("services:book-time"),
            **kwargs,
        )

    def chosen_start(self) -> datetime | None:
        asked = WeekForm(self.request.POST or self.request.GET)
        asked.is_valid()
        moment: datetime | None = asked.cleaned_data.get("starts_at")
        return moment

    def hold_context(self, hold: Hold | None, starts_at: datetime | None, now: datetime) -> dict[str, Any]:
        """The kept time; or what became of the one that was chosen, and what is free next."""
        if hold is not None:
            topic = live.hold_topic(hold.pk)
            return {"hold": hold, "hold_topic": topic, "slot": Slot(hold.span.lower, hold.span.upper)}
        if starts_at is None or self.objection:
            return {"hold": None}
        following = availability.next_free_slots(
            centre=self.centre, plan=self.plan, after=max(starts_at, now), count=4, now=now
        )
        slots = [(slot, instant_text(slot.starts_at)) for slot in following]
        free = bool(slots) and slots[0][0].starts_at == starts_at
        return {
            "hold": None,
            "lost": True,
            "free_again": slots[0] if free else None,
            "following": slots[1:] if free else slots[:3],
        }
