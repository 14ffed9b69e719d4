"""Pages of the administrators: the journal, parked work, people and their roles."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit, people, roles, scopes, sessions
from accounts.models import RoleGrant, User
from accounts.staff_forms import GrantForm, JournalFilter, PeopleFilter
from common.pages import ActionPage, FormPage, ListPage, Page
from journal import outbox, running
from journal.models import OutboxEntry, ReactionRun, Work

PAGE = 50


class Journal(Page):
    permission = "accounts.view_journal"
    template_name = "accounts/staff_journal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = JournalFilter(self.request.GET or None)
        asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
        events = list(audit.find_events(**asked, before=self._before())[: PAGE + 1])
        query = self.request.GET.copy()
        if len(events) > PAGE:
            query["before"] = str(events[PAGE - 1].pk)
        return super().get_context_data(
            form=form,
            entries=[(event, event.label) for event in events[:PAGE]],
            older=query.urlencode() if len(events) > PAGE else "",
            paged="before" in self.request.GET,
            **kwargs,
        )

    def _before(self) -> int | None:
        typed = self.request.GET.get("before", "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


class ParkedWork(ListPage):
    """What gave up, and what is waiting to leave the house."""

    permission = "accounts.rerun_work"
    template_name = "accounts/staff_work.html"
    context_object_name = "runs"

    def get_queryset(self) -> QuerySet[ReactionRun]:
        return ReactionRun.objects.parked().select_related("event__subject").order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["entries"] = OutboxEntry.objects.parked().order_by("-pk")[:PAGE]
        context["open_runs"] = ReactionRun.objects.filter(state=Work.State.OPEN).count()
        context["open_entries"] = OutboxEntry.objects.filter(state=Work.State.OPEN).count()
        return context


class Rerun(ActionPage):
    permission = "accounts.rerun_work"
    success_message = _("It runs again now.")

    def perform(self) -> str:
        now = timezone.now()
        if self.kwargs["shelf"] == "reaction":
            running.rerun(
                run=get_object_or_404(ReactionRun, pk=self.kwargs["pk"]), by=self.request.user, now=now
            )
        elif self.kwargs["shelf"] == "outbox":
            outbox.rerun(
                entry=get_object_or_404(OutboxEntry, pk=self.kwargs["pk"]), by=self.request.user, now=now
            )
        else:
            raise Http404
        return reverse("accounts:staff-work")

    def failure_url(self) -> str:
        return reverse("accounts:staff-work")


class People(ListPage):
    permission = "accounts.grant_roles"
    template_name = "accounts/staff_people.html"
    context_object_name = "people"

    def get_queryset(self) -> QuerySet[User]:
        self.form = PeopleFilter(self.request.GET or None)
        asked = self.form.cleaned_data if self.form.is_bound and self.form.is_valid() else {}
        return people.find_people(words=asked.get("q", ""), role=asked.get("role", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=self.form, **kwargs)


class Person(FormPage):
    """One person's roles; the form grants another."""

    permission = "accounts.grant_roles"
    template_name = "accounts/staff_person.html"
    form_class = GrantForm
    once = True
    success_message = _("The role is granted.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self._person()
        names = dict(scopes.scope_choices())
        grants = [
            (grant, names.get(f"{grant.scope_kind}:{grant.scope_id}", ""))
            for grant in person.role_grants.order_by("ended_at", "-pk")
        ]
        return super().get_context_data(
            person=person, grants=grants, session_count=sessions.sessions_of(person).count(), **kwargs
        )

    def perform(self, form: GrantForm) -> str:
        person = self._person()
        roles.grant_role(
            by=self.request.user,
            user=person,
            role=form.cleaned_data["role"],
            scope=scopes.scope_named(form.cleaned_data["scope"]),
            now=timezone.now(),
        )
        return reverse("accounts:staff-person", args=[person.pk])

    def _person(self) -> User:
        return get_object_or_404(User, pk=self.kwargs["pk"])


class EndRole(ActionPage):
    permission = "accounts.grant_roles"
    success_message = _("The role has ended.")

    def perform(self) -> str:
        grant = get_object_or_404(RoleGrant, pk=self.kwargs["pk"])
        roles.end_role(by=self.request.user, grant=grant, now=timezone.now())
        return reverse("accounts:staff-person", args=[grant.user_id])

    def failure_url(self) -> str:
        grant = get_object_or_404(RoleGrant, pk=self.kwargs["pk"])
        return reverse("accounts:staff-person", args=[grant.user_id])


class Leave(ActionPage):
    """All roles and all sessions of somebody who leaves."""

    permission = "accounts.grant_roles"
    success_message = _("All roles have ended, and all sessions with them.")

    def perform(self) -> str:
        person = get_object_or_404(User, pk=self.kwargs["pk"])
        roles.end_all_roles(by=self.request.user, user=person, now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("accounts:staff-person", args=[self.kwargs["pk"]])
