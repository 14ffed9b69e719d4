"""What colleagues do with a request besides answering it, each on a small page of its own."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.cases import cases, customers, desk, queues
from accounts.cases.forms import DeskCaseForm, HandOverForm, MergeForm, PromiseForm, ReasonForm
from accounts.cases.staff_views import PERMISSION, OnDesk, Versioned, person
from accounts.models import User
from common.pages import ActionPage, FormPage


class StaffCaseCreate(FormPage):
    """A request that came by phone or at the counter, for ``?customer=`` or a guest."""

    permission = PERMISSION
    template_name = "accounts/case_staff_create.html"
    form_class = DeskCaseForm
    once = True
    success_message = _("The request is open.")

    @cached_property
    def customer(self) -> User | None:
        asked = self.request.GET.get("customer", "")
        if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
            return None
        return customers.customer_for_desk(by=person(self.request), number=int(asked))

    def get_form_kwargs(self) -> dict[str, Any]:
        known = {"user": person(self.request), "now": timezone.now(), "customer": self.customer}
        return {**super().get_form_kwargs(), **known}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(customer=self.customer, **kwargs)

    def perform(self, form: DeskCaseForm) -> str:
        typed = form.cleaned_data
        case = cases.open_case(
            by=person(self.request),
            customer=self.customer,
            contact=cases.Contact(
                name=typed.get("name", ""), email=typed.get("email", ""), phone=typed["phone"]
            ),
            queue=typed["queue"],
            title=typed["title"],
            text=typed["text"],
            call_time=typed["call_time"],
            language=self.customer.language if self.customer else get_language() or "",
            pictures=typed["pictures"],
            now=timezone.now(),
        )
        if queues.may_handle(person(self.request), case):
            return reverse("accounts:staff-case", args=[case.pk])
        return reverse("accounts:staff-cases")


class NameCustomer(OnDesk, ActionPage):
    """A guest's request becomes the customer's with the same address."""

    success_message = _("The customer finds this request in their account now.")

    def perform(self) -> str:
        customers.name_customer(by=person(self.request), case=self.case, now=timezone.now())
        return self.url

    def failure_url(self) -> str:
        return self.url


class Take(OnDesk, ActionPage):
    success_message = _("You look after this request now.")

    def perform(self) -> str:
        cases.take(by=person(self.request), case=self.case, now=timezone.now())
        return self.url

    def failure_url(self) -> str:
        return self.url


class LetGo(OnDesk, ActionPage):
    success_message = _("The request is nobody's now.")

    def perform(self) -> str:
        cases.assign(by=person(self.request), case=self.case, to=None, now=timezone.now())
        return self.url

    def failure_url(self) -> str:
        return self.url


class HandOver(Versioned, FormPage):
    """To another queue or another colleague, with the reason."""

    template_name = "accounts/case_staff_deed.html"
    form_class = HandOverForm
    success_message = _("The request is handed over.")
    extra_context = {
        "title": _("Hand over"),
        "lead": _("The promise to the customer stays as it is."),
        "action": _("Hand over"),
    }

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "queue": self.case.queue}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": queues.colleagues_for(self.case)}

    def perform(self, form: HandOverForm) -> str:
        user, typed = person(self.request), form.cleaned_data
        case = cases.hand_over(
            by=user,
            case=self.case,
            reason=typed["reason"],
            queue=typed["queue"],
            person=typed["person"],
            expected=typed["version"],
            now=timezone.now(),
        )
        still_here = queues.may_handle(user, case)
        return self.url if still_here else reverse("accounts:staff-cases")


class ChangePromise(Versioned, FormPage):
    """Another time by which the customer hears from us; they are told."""

    template_name = "accounts/case_staff_deed.html"
    form_class = PromiseForm
    success_message = _("The customer knows the new time.")
    extra_context = {
        "title": _("Agree on another time"),
        "lead": _("The customer sees it, and is told."),
        "action": _("Promise this time"),
    }

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "promised_by": self.case.promised_by}

    def perform(self, form: PromiseForm) -> str:
        cases.promise(
            by=person(self.request),
            case=self.case,
            promised_by=form.cleaned_data["promised_by"],
            expected=form.cleaned_data["version"],
            now=timezone.now(),
        )
        return self.url


class Reopen(Versioned, FormPage):
    """A closed request again, with the reason."""

    template_name = "accounts/case_staff_deed.html"
    form_class = ReasonForm
    success_message = _("The request is open again.")
    extra_context = {
        "title": _("Open again"),
        "lead": _("The promise starts anew, and the customer is told."),
        "action": _("Open again"),
    }

    def perform(self, form: ReasonForm) -> str:
        cases.reopen(
            by=person(self.request),
            case=self.case,
            reason=form.cleaned_data["reason"],
            expected=form.cleaned_data["version"],
            now=timezone.now(),
        )
        return self.url


class Merge(Versioned, FormPage):
    """Two requests of one person become one."""

    template_name = "accounts/case_staff_deed.html"
    form_class = MergeForm
    success_message = _("Both are one request now.")
    extra_context = {
        "title": _("Merge"),
        "lead": _("All messages and links move into the other request; the customer sees one."),
        "action": _("Merge"),
    }

    def get_form_kwargs(self) -> dict[str, Any]:
        others = desk.others_of_customer(person(self.request), self.case)
        return {**super().get_form_kwargs(), "others": others}

    def perform(self, form: MergeForm) -> str:
        other = form.cleaned_data["other"]
        cases.merge_cases(
            by=person(self.request),
            kept=other,
            gone=self.case,
            expected=form.cleaned_data["version"],
            now=timezone.now(),
        )
        return reverse("accounts:staff-case", args=[other.pk])
