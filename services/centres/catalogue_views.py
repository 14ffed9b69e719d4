"""Administrators say what is offered, what is asked about it, and what is checked."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage
from services.centres import catalogue, sheets
from services.centres.forms import CheckItemForm, QuestionForm, ServiceForm, SkillForm
from services.models import CheckItem, ServiceType, Skill, SymptomQuestion

SET_UP = "services.set_up"


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
        service = self.service
        counts = {}
        if service is not None:
            counts["questions"] = service.questions.count()
            counts["points"] = service.check_items.filter(is_active=True).count()
        return super().get_context_data(service=service, **counts, **kwargs)

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


class _OfService(FormPage):
    """A list of a kind of work; the form adds to its end."""

    permission = SET_UP
    once = True

    @property
    def service(self) -> ServiceType:
        return get_object_or_404(ServiceType, pk=self.kwargs["pk"])


class QuestionList(_OfService):
    template_name = "services/service_questions.html"
    form_class = QuestionForm
    success_message = _("The question is added.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        service = self.service
        return super().get_context_data(service=service, questions=service.questions.all(), **kwargs)

    def perform(self, form: QuestionForm) -> str:
        sheets.add_question(
            by=self.request.user, service=self.service, values=form.cleaned_data, now=timezone.now()
        )
        return reverse("services:service-questions", args=[self.kwargs["pk"]])


class CheckItemList(_OfService):
    template_name = "services/service_checks.html"
    form_class = CheckItemForm
    success_message = _("The point is added.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        service = self.service
        return super().get_context_data(service=service, items=service.check_items.all(), **kwargs)

    def perform(self, form: CheckItemForm) -> str:
        sheets.add_check_item(
            by=self.request.user, service=self.service, values=form.cleaned_data, now=timezone.now()
        )
        return reverse("services:service-checks", args=[self.kwargs["pk"]])


class _OfQuestion(ActionPage):
    permission = SET_UP

    def question(self) -> SymptomQuestion:
        return get_object_or_404(
            SymptomQuestion.objects.select_related("service_type"), pk=self.kwargs["question"]
        )

    def failure_url(self) -> str:
        return reverse("services:service-questions", args=[self.question().service_type_id])


class QuestionRemove(_OfQuestion):
    success_message = _("The question is no longer asked.")

    def perform(self) -> str:
        target = self.failure_url()
        sheets.remove_question(by=self.request.user, question=self.question(), now=timezone.now())
        return target


class QuestionUp(_OfQuestion):
    def perform(self) -> str:
        sheets.move_up(by=self.request.user, entry=self.question(), now=timezone.now())
        return self.failure_url()


class _OfItem(ActionPage):
    permission = SET_UP

    def item(self) -> CheckItem:
        return get_object_or_404(CheckItem.objects.select_related("service_type"), pk=self.kwargs["item"])

    def failure_url(self) -> str:
        return reverse("services:service-checks", args=[self.item().service_type_id])


class CheckItemSwitch(_OfItem):
    success_message = _("Saved. What was checked so far stays.")

    def perform(self) -> str:
        item = self.item()
        sheets.switch_check_item(
            by=self.request.user, item=item, active=not item.is_active, now=timezone.now()
        )
        return self.failure_url()


class CheckItemUp(_OfItem):
    def perform(self) -> str:
        sheets.move_up(by=self.request.user, entry=self.item(), now=timezone.now())
        return self.failure_url()
