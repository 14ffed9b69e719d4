"""The desk for requests: queues, one request with its conversation, and what can be done with it."""

from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_htmx.middleware import HtmxDetails

from accounts.cases import cases, customers, desk, links, queues, reading
from accounts.cases.forms import AnswerForm, SearchForm
from accounts.models import Case, User
from common.pages import FormPage, ListPage, Page

PERMISSION = "accounts.enter_desk"
HEAP_WORDS = {
    "all": pgettext_lazy("requests", "Open"),
    "mine": _("Mine"),
    "unassigned": _("Nobody's"),
    "overdue": _("Overdue"),
    "news": _("New messages"),
    "closed": _("Closed"),
}


def person(request: HttpRequest) -> User:
    """Whoever asks; the pages are behind the sign-in."""
    return cast(User, request.user)


class StaffCases(ListPage):
    """What waits, by queue and heap; ``/`` searches, ``j`` and ``k`` walk.

    Live refetches get the changing part alone.
    """

    permission = PERMISSION
    template_name = "accounts/case_staff_list.html"
    fragment_name = "accounts/_case_staff_rows.html"
    context_object_name = "cases"

    def get_template_names(self) -> list[str]:
        asked: HtmxDetails = self.request.htmx
        return [self.fragment_name if asked and not asked.history_restore_request else self.template_name]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    @cached_property
    def asked(self) -> desk.Search:
        form = SearchForm(self.request.GET)
        form.is_valid()
        heap = self.request.GET.get("heap", "all")
        return desk.Search(
            queue=self.request.GET.get("queue", ""),
            heap=heap if heap in desk.HEAPS else "all",
            words=form.cleaned_data.get("words", ""),
        )

    def get_queryset(self) -> QuerySet[Case]:
        return desk.search_cases(person(self.request), self.asked, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        context = super().get_context_data(**kwargs)
        counts = desk.count_cases(person(self.request), now=now)
        context.update(
            asked=self.asked,
            form=SearchForm(self.request.GET),
            heaps=[
                (self._to(heap=name), words, getattr(counts, name, None), name == self.asked.heap)
                for name, words in HEAP_WORDS.items()
            ],
            queues=[
                (self._to(queue=each.queue.name), each, each.queue.name == self.asked.queue)
                for each in counts.queues
            ],
            all_url=self._to(queue=""),
            live_types=" ".join(each.queue.name for each in counts.queues),
            rows=[
                (case, queues.queue_named(case.queue).label, cases.is_overdue(case, now))
                for case in context["cases"]
            ],
        )
        return context

    def _to(self, **changed: str) -> str:
        kept = {"queue": self.asked.queue, "heap": self.asked.heap, "words": self.asked.words, **changed}
        return f"{reverse('accounts:staff-cases')}?{urlencode({k: v for k, v in kept.items() if v})}"


class OnDesk:
    """A request that the reader works on; any other is a 404."""

    permission: str | None = PERMISSION
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def case(self) -> Case:
        return desk.case_for(person(self.request), self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("accounts:staff-case", args=[self.case.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(case=self.case, case_url=self.url, **kwargs)  # type: ignore[misc]


class Versioned(OnDesk):
    """A form that knows which state of the request its writer saw.

    Where somebody was faster, it comes back with what was typed and with what is new; then
    sending again is enough.
    """

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "version": self.case.version}  # type: ignore[misc]

    def form_invalid(self, form: Any) -> HttpResponse:
        self.__dict__.pop("case", None)
        form.data = form.data.copy()
        form.data["version"] = str(self.case.version)
        return super().form_invalid(form)  # type: ignore[misc,no-any-return]


class Conversation(OnDesk):
    """What is said, and the facts beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        case = self.case
        return super().get_context_data(
            queue=queues.queue_named(case.queue),
            said=reading.for_staff(case),
            is_overdue=cases.is_overdue(case, now),
            **kwargs,
        )


class StaffCase(Versioned, Conversation, FormPage):
    """One request. Three buttons under one text: answer, note, answer and close."""

    template_name = "accounts/case_staff_detail.html"
    form_class = AnswerForm
    once = True
    deeds = {"answer": _("Your answer is sent."), "note": _("The note is kept."), "close": _("Closed.")}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.case.merged_into_id:
            return redirect("accounts:staff-case", self.case.merged_into_id)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": person(self.request), "now": timezone.now()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        return super().get_context_data(
            links=links.shown_links(self.case, reader=user, for_staff=True),
            known_customer=customers.known_by_address(self.case),
            sees_customers=user.has_permission("accounts.view_customers"),
            others=list(desk.others_of_customer(user, self.case)[:5]),
            **kwargs,
        )

    def perform(self, form: AnswerForm) -> str:
        typed = form.cleaned_data
        deed = self.request.POST.get("deed", "note")
        known: dict[str, Any] = {
            "by": person(self.request),
            "case": self.case,
            "expected": self._seen(),
            "now": timezone.now(),
        }
        if deed == "answer":
            cases.reply(text=typed["text"], pictures=typed["pictures"], waits=not typed["goes_on"], **known)
        elif deed == "close":
            cases.close_case(summary=typed["text"], pictures=typed["pictures"], **known)
        else:
            cases.note(text=typed["text"], pictures=typed["pictures"], **known)
        self.success_message = self.deeds.get(deed, self.deeds["note"])
        return self.url

    def _seen(self) -> int | None:
        """The version stands in the part of the page that is refetched: what was read is answered."""
        seen = self.request.POST.get("version", "")
        return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None


class StaffConversation(Conversation, Page):
    """The part of the page that changes, for live refetches."""

    template_name = "accounts/_case_staff_conversation.html"
