"""Requests as their customer sees them: with an account, and without one."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.cases import cases, guests, links, queues, reading
from accounts.cases.forms import CaseForm, GuestCaseForm, GuestTextForm, TextForm
from accounts.models import Case, User
from common.pages import Access, ActionPage, FormPage, ListPage, Page


def person(request: HttpRequest) -> User:
    """Whoever asks; the pages are behind the sign-in."""
    return cast(User, request.user)


class CaseList(ListPage):
    """One's own requests, those that want something first."""

    template_name = "accounts/case_list.html"
    context_object_name = "cases"

    def get_queryset(self) -> QuerySet[Case]:
        return Case.objects.visible_to(self.request.user).unmerged().order_by("-opened_at", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context, now = super().get_context_data(**kwargs), timezone.now()
        context["rows"] = [(case, cases.is_overdue(case, now)) for case in context["cases"]]
        return context


class CaseCreate(FormPage):
    """A new request: ``?topic=`` and ``?about=`` choose beforehand."""

    template_name = "accounts/case_create.html"
    form_class = CaseForm
    once = True
    success_message = _("We have your request.")

    def get_initial(self) -> dict[str, Any]:
        asked = {"queue": self.request.GET.get("topic", ""), "about": self.request.GET.get("about", "")}
        return {name: value for name, value in asked.items() if value}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": person(self.request), "now": timezone.now()}

    def perform(self, form: CaseForm) -> str:
        typed = form.cleaned_data
        case = cases.open_case(
            by=person(self.request),
            queue=typed["queue"],
            title=typed["title"],
            text=typed["text"],
            customer=person(self.request),
            contact=cases.Contact(phone=typed["phone"]),
            links=form.links,
            call_time=typed["call_time"],
            language=get_language() or "",
            pictures=typed["pictures"],
            now=timezone.now(),
        )
        return reverse("accounts:case-detail", args=[case.pk])


class OwnCase:
    """A request of the reader; any other is a 404, a merged one leads to where it went."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def case(self) -> Case:
        rows = Case.objects.visible_to(person(self.request)).select_related("customer", "assignee")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("accounts:case-detail", args=[self.case.pk])


def shown(case: Case, reader: User | None) -> dict[str, Any]:
    """What the customer's page says of a case."""
    now = timezone.now()
    return {
        "case": case,
        "queue": queues.queue_named(case.queue),
        "said": reading.for_customer(case),
        "links": links.shown_links(case, reader=reader, for_staff=False),
        "can_write": cases.can_write(case, now),
        "is_overdue": cases.is_overdue(case, now),
    }


class CaseDetail(OwnCase, FormPage):
    """The conversation; writing goes on in it, and opens a closed request again."""

    template_name = "accounts/case_detail.html"
    form_class = TextForm
    once = True
    success_message = _("Your message is sent.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.case.merged_into_id:
            return redirect("accounts:case-detail", self.case.merged_into_id)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": person(self.request), "now": timezone.now()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**shown(self.case, person(self.request)), **kwargs)

    def perform(self, form: TextForm) -> str:
        cases.write_to_case(by=person(self.request), case=self.case, now=timezone.now(), **form.cleaned_data)
        return self.url


class CaseConversation(OwnCase, Page):
    """The part of the page that changes, for live refetches."""

    template_name = "accounts/_case_conversation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**shown(self.case, person(self.request)), **kwargs)


class CaseSettle(OwnCase, ActionPage):
    """ "It is settled": the customer closes their own request."""

    success_message = _("The request is closed. Write in it within 30 days to open it again.")

    def perform(self) -> str:
        cases.close_case(by=person(self.request), case=self.case, now=timezone.now())
        return self.url

    def failure_url(self) -> str:
        return self.url


class GuestCaseCreate(FormPage):
    """Reaching us without an account. Who has one is led to their own page."""

    public = True
    once = True
    template_name = "accounts/case_guest_create.html"
    form_class = GuestCaseForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("accounts:case-create")
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        topic = self.request.GET.get("topic", "")
        return {"queue": topic} if topic else {}

    def perform(self, form: GuestCaseForm) -> str:
        typed = form.cleaned_data
        guests.count_guest(self.request.META.get("REMOTE_ADDR", ""))
        case = cases.open_case(
            by=None,
            queue=typed["queue"],
            title=typed["title"],
            text=typed["text"],
            contact=cases.Contact(name=typed["name"], email=typed["email"], phone=typed["phone"]),
            call_time=typed["call_time"],
            language=get_language() or "",
            now=timezone.now(),
        )
        return reverse("accounts:guest-case-received", args=[guests.receipt_of(case)])


class GuestCaseReceived(Page):
    """The number and the promise, for whoever has just asked."""

    public = True
    template_name = "accounts/case_guest_received.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = guests.case_received(kwargs["token"])
        if case is None:
            raise Http404
        return super().get_context_data(case=case, **kwargs)


class GuestCasePicture(Access, View):
    """An attachment of a guest's request, behind the same link."""

    public = True

    def get(self, request: HttpRequest, token: str, pk: int) -> FileResponse:
        case = guests.case_of(token)
        if case is None:
            raise Http404
        document = reading.picture_for_guest(case, pk)
        answer = FileResponse(document.file.open("rb"), content_type=document.media_type)
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        answer["Cross-Origin-Resource-Policy"] = "same-origin"
        patch_cache_control(answer, private=True, no_store=True)
        return answer


class GuestCase(FormPage):
    """A guest's request behind the link of their mail: read and answer without an account."""

    public = True
    once = True
    template_name = "accounts/case_guest.html"
    form_class = GuestTextForm
    success_message = _("Your message is sent.")

    @cached_property
    def case(self) -> Case:
        case = guests.case_of(self.kwargs["token"])
        if case is None:
            raise Http404
        return case

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"  # the address is the key
        response["X-Robots-Tag"] = "noindex"
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "case": self.case, "now": timezone.now()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**shown(self.case, None), token=self.kwargs["token"], **kwargs)

    def perform(self, form: TextForm) -> str:
        cases.write_to_case(by=None, case=self.case, now=timezone.now(), **form.cleaned_data)
        return self.request.path
