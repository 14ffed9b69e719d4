"""Administrators set up centres: address, hours, and what each has."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import civil
from common.pages import FormPage, ListPage, Page
from services.centres import centres, resources
from services.centres.day_views import told
from services.centres.forms import CentreForm
from services.models import Centre, Qualification, Resource, Skill

SET_UP = "services.set_up"
Kind = Resource.Kind
MANY = {
    Kind.TECHNICIAN: _("Technicians"),
    Kind.MOBILE: _("Mobile technicians"),
    Kind.DRIVER: _("Pick-up drivers"),
    Kind.BAY: _("Bays"),
    Kind.LANE: _("Lanes of the swap station"),
    Kind.LOAN_CAR: _("Loan cars"),
    Kind.TEST_CAR: _("Test-drive cars"),
}


class CentreList(ListPage):
    permission = SET_UP
    template_name = "services/centre_list.html"
    context_object_name = "centres"

    def get_queryset(self) -> QuerySet[Centre]:
        active = Q(resources__is_active=True)
        return Centre.objects.annotate(
            people=Count("resources", filter=active & Q(resources__kind__in=Resource.Kind.people())),
            bays=Count("resources", filter=active & Q(resources__kind=Resource.Kind.BAY)),
        ).order_by("name")


class CentreCreate(FormPage):
    permission = SET_UP
    template_name = "services/centre_form.html"
    form_class = CentreForm
    once = True
    success_message = _("The centre is created, with its public holidays. Now its people and bays.")

    def get_initial(self) -> dict[str, Any]:
        usual = {"opens": "08:00", "closes": "17:00"}
        return {f"{end}_{day}_1": clock for day in range(1, 6) for end, clock in usual.items()}

    def perform(self, form: CentreForm) -> str:
        centre = centres.create_centre(
            by=self.request.user, values=form.values(), hours=form.hours(), now=timezone.now()
        )
        return reverse("services:staff-centre", args=[centre.pk])


class OfCentre:
    kwargs: dict[str, Any]

    @property
    def centre(self) -> Centre:
        return get_object_or_404(Centre, pk=self.kwargs["pk"])


class CentreChange(OfCentre, FormPage):
    permission = SET_UP
    template_name = "services/centre_form.html"
    form_class = CentreForm
    once = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.centre}

    def get_initial(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for row in self.centre.opening_hours.order_by("weekday", "opens"):
            part = 2 if f"opens_{row.weekday}_1" in told else 1
            told[f"opens_{row.weekday}_{part}"] = row.opens
            told[f"closes_{row.weekday}_{part}"] = row.closes
        return told

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(centre=self.centre, **kwargs)

    def perform(self, form: CentreForm) -> str:
        centre, outcome = centres.change_centre(
            by=self.request.user,
            centre=self.centre,
            values=form.values(),
            hours=form.hours(),
            now=timezone.now(),
        )
        self.success_message = told(outcome)
        if outcome.left:
            return f"{reverse('services:replan-list')}?centre={centre.pk}"
        return reverse("services:staff-centre", args=[centre.pk])


class CentreDetail(OfCentre, Page):
    """What a centre has: its people, places and cars, and when it is open."""

    permission = SET_UP
    template_name = "services/centre_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        centre, now = self.centre, timezone.now()
        today = civil.local_date(now, centre.zone)
        rows = list(
            centre.resources.select_related("user", "car_model")
            .prefetch_related(Prefetch("qualifications", Qualification.objects.select_related("skill")))
            .order_by("-is_active", "name", "pk")
        )
        known = {
            row.pk: [(each, resources.expiry_of(each, today)) for each in row.qualifications.all()]
            for row in rows
        }
        groups = [
            (kind, MANY[kind], [(row, known[row.pk]) for row in rows if row.kind == kind]) for kind in Kind
        ]
        present = {kind for kind, _many, found in groups if found}
        return super().get_context_data(
            centre=centre,
            hours=centre.opening_hours.all(),
            groups=groups,
            people=Kind.people(),
            missing=[kind for kind in Kind if kind not in present],
            has_people=Kind.TECHNICIAN in present,
            has_bays=Kind.BAY in present,
            closures=centre.closures.in_force().filter(span__endswith__gt=now).count(),
            has_skills=Skill.objects.exists(),
            **kwargs,
        )
