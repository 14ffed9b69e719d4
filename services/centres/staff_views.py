"""Administrators set up centres, their people and bays, and what they offer."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage, ListPage
from services.centres import catalogue, centres
from services.centres.forms import BayForm, CentreForm, ServiceForm, SkillForm, TechnicianForm
from services.models import Centre, Resource, ServiceType, Skill

SET_UP = "services.set_up"


class CentreList(ListPage):
    permission = SET_UP
    template_name = "services/centre_list.html"
    context_object_name = "centres"

    def get_queryset(self) -> QuerySet[Centre]:
        active = Q(resources__is_active=True)
        return Centre.objects.annotate(
            people=Count("resources", filter=active & Q(resources__kind=Resource.Kind.TECHNICIAN)),
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
    success_message = _("The centre is saved. Visits that are booked stay as they are.")

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
        centre = centres.change_centre(
            by=self.request.user,
            centre=self.centre,
            values=form.values(),
            hours=form.hours(),
            now=timezone.now(),
        )
        return reverse("services:staff-centre", args=[centre.pk])


class CentreResources(OfCentre, FormPage):
    """The people and bays of a centre; the form adds a technician."""

    permission = SET_UP
    template_name = "services/centre_detail.html"
    form_class = TechnicianForm
    once = True
    success_message = _("The technician is added and works during the opening hours.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        centre = self.centre
        rows = centre.resources.select_related("user").prefetch_related("skills", "shifts").order_by("pk")
        return super().get_context_data(
            centre=centre,
            hours=centre.opening_hours.all(),
            people=[row for row in rows if row.kind == Resource.Kind.TECHNICIAN],
            bays=[row for row in rows if row.kind == Resource.Kind.BAY],
            holidays=centre.closures.filter(span__endswith__gt=timezone.now()).count(),
            has_skills=Skill.objects.exists(),
            **kwargs,
        )

    def perform(self, form: TechnicianForm) -> str:
        centres.add_technician(
            by=self.request.user, centre=self.centre, now=timezone.now(), **form.cleaned_data
        )
        return reverse("services:staff-centre", args=[self.kwargs["pk"]])


class BayCreate(OfCentre, FormPage):
    permission = SET_UP
    template_name = "services/bay_form.html"
    form_class = BayForm
    once = True
    success_message = _("The bay is added.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(centre=self.centre, **kwargs)

    def perform(self, form: BayForm) -> str:
        centres.add_bay(by=self.request.user, centre=self.centre, now=timezone.now(), **form.cleaned_data)
        return reverse("services:staff-centre", args=[self.kwargs["pk"]])


class _OfResource(ActionPage):
    permission = SET_UP

    def resource(self) -> Resource:
        return get_object_or_404(Resource.objects.select_related("centre"), pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("services:staff-centre", args=[self.resource().centre_id])


class ResourceSwitch(_OfResource):
    success_message = _("Saved. Visits that are booked stay as they are.")

    def perform(self) -> str:
        resource = self.resource()
        centres.switch_resource(
            by=self.request.user, resource=resource, active=not resource.is_active, now=timezone.now()
        )
        return self.failure_url()


class ResourceHours(_OfResource):
    success_message = _("From today on they work during the opening hours.")

    def perform(self) -> str:
        centres.follow_opening_hours(by=self.request.user, resource=self.resource(), now=timezone.now())
        return self.failure_url()


class ServiceList(FormPage):
    """What is offered; the form adds a skill."""

    permission = SET_UP
    template_name = "services/service_list.html"
    form_class = SkillForm
    once = True
    success_message = _("The skill is added.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            services=ServiceType.objects.select_related("skill"), skills=Skill.objects.all(), **kwargs
        )

    def perform(self, form: SkillForm) -> str:
        catalogue.add_skill(by=self.request.user, **form.cleaned_data)
        return reverse("services:staff-services")


class ServiceEdit(FormPage):
    permission = SET_UP
    template_name = "services/service_form.html"
    form_class = ServiceForm
    once = True
    success_message = _("The service is saved.")

    @property
    def service(self) -> ServiceType | None:
        pk = self.kwargs.get("pk")
        return None if pk is None else get_object_or_404(ServiceType, pk=pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.service}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(service=self.service, **kwargs)

    def perform(self, form: ServiceForm) -> str:
        catalogue.save_service(
            by=self.request.user, service=self.service, values=form.values(), now=timezone.now()
        )
        return reverse("services:staff-services")


class AdoptUsual(ActionPage):
    permission = SET_UP
    success_message = _("The usual services are there. Please check durations and prices.")

    def perform(self) -> str:
        catalogue.adopt_usual(by=self.request.user, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("services:staff-services")
