"""Administrators set up the people, places and cars of a centre, and when people work."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import civil
from common.pages import ActionPage, FormPage
from services.centres import resources, shifts
from services.centres.resource_forms import ResourceForm, WeekForm
from services.models import Centre, Resource

SET_UP = "services.set_up"


class ResourceCreate(FormPage):
    permission = SET_UP
    template_name = "services/resource_form.html"
    form_class = ResourceForm
    once = True

    @property
    def kind(self) -> Resource.Kind:
        if self.kwargs["kind"] not in Resource.Kind.values:
            raise Http404
        return Resource.Kind(self.kwargs["kind"])

    @property
    def centre(self) -> Centre:
        return get_object_or_404(Centre, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(centre=self.centre, kind=self.kind, **kwargs)

    def perform(self, form: ResourceForm) -> str:
        made = resources.add_resource(
            by=self.request.user,
            centre=self.centre,
            kind=self.kind,
            values=form.values(),
            skills=form.skills(),
            now=timezone.now(),
        )
        self.success_message = (
            _("%(name)s is added and works during the opening hours.")
            if self.kind in Resource.Kind.people()
            else _("%(name)s is added.")
        ) % {"name": made.name}
        return reverse("services:staff-centre", args=[self.kwargs["pk"]])


class OfResource:
    kwargs: dict[str, Any]

    @property
    def resource(self) -> Resource:
        return get_object_or_404(Resource.objects.select_related("centre", "user"), pk=self.kwargs["pk"])


class ResourceChange(OfResource, FormPage):
    permission = SET_UP
    template_name = "services/resource_form.html"
    form_class = ResourceForm
    once = True
    success_message = _("Saved. Visits that are booked stay as they are.")

    def get_form_kwargs(self) -> dict[str, Any]:
        resource = self.resource
        return {**super().get_form_kwargs(), "kind": resource.kind, "resource": resource}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        resource = self.resource
        return super().get_context_data(
            resource=resource, centre=resource.centre, kind=Resource.Kind(resource.kind), **kwargs
        )

    def perform(self, form: ResourceForm) -> str:
        resource = resources.change_resource(
            by=self.request.user,
            resource=self.resource,
            values=form.values(),
            skills=form.skills(),
            now=timezone.now(),
        )
        return reverse("services:staff-centre", args=[resource.centre_id])


class ResourceSwitch(OfResource, ActionPage):
    permission = SET_UP
    success_message = _("Saved. Visits that are booked stay as they are.")

    def perform(self) -> str:
        resource = self.resource
        resources.switch_resource(
            by=self.request.user, resource=resource, active=not resource.is_active, now=timezone.now()
        )
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("services:staff-centre", args=[self.resource.centre_id])


class ResourceShifts(OfResource, FormPage):
    """The weeks that hold and those to come; the form begins a new one."""

    permission = SET_UP
    template_name = "services/resource_shifts.html"
    form_class = WeekForm
    once = True
    success_message = _("The new week is saved.")

    @property
    def person(self) -> Resource:
        return get_object_or_404(
            Resource.objects.select_related("centre"),
            pk=self.kwargs["pk"],
            kind__in=Resource.Kind.people(),
        )

    def _today(self, person: Resource) -> date:
        return civil.local_date(timezone.now(), person.centre.zone)

    def get_initial(self) -> dict[str, Any]:
        """The week that holds, to change what differs."""
        person = self.person
        today = self._today(person)
        told: dict[str, Any] = {"valid_from": today}
        for each in shifts.patterns_of(person, today)[0].stretches:
            part = 2 if f"starts_{each.weekday}_1" in told else 1
            told[f"starts_{each.weekday}_{part}"] = each.starts
            told[f"ends_{each.weekday}_{part}"] = each.ends
        return told

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person
        return super().get_context_data(
            resource=person,
            centre=person.centre,
            patterns=shifts.patterns_of(person, self._today(person)),
            hours=person.centre.opening_hours.all(),
            **kwargs,
        )

    def perform(self, form: WeekForm) -> str:
        person = self.person
        outside = shifts.set_pattern(
            by=self.request.user,
            resource=person,
            stretches=form.stretches(),
            valid_from=form.cleaned_data["valid_from"],
            now=timezone.now(),
        )
        if outside:
            messages.warning(
                self.request,
                ngettext(
                    "%(number)s visit is booked outside the new week. It stays with %(name)s until "
                    "you give it to somebody else.",
                    "%(number)s visits are booked outside the new week. They stay with %(name)s until "
                    "you give them to somebody else.",
                    outside,
                )
                % {"number": outside, "name": person.name},
            )
        return reverse("services:resource-shifts", args=[person.pk])
