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

from accounts import case_links, case_queues, case_reading, cases, desk
from accounts.case_forms import AnswerForm, HandOverForm, MergeForm, PromiseForm, ReasonForm, SearchForm
from accounts.models import Case, User
from common.pages import ActionPage, FormPage, ListPage, Page

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
                (case, case_queues.queue_named(case.queue).label, cases.is_overdue(case, now))
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
            queue=case_queues.queue_named(case.queue),
            said=case_reading.for_staff(case),
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
            links=case_links.shown_links(self.case, reader=user, for_staff=True),
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
        return {**super().get_form_kwargs(), "people": case_queues.colleagues_for(self.case)}

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
        still_here = case_queues.may_handle(user, case)
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
