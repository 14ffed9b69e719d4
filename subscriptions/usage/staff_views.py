"""Who reports usage, what nobody bears, and what contradicts itself."""

from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage, ListPage
from subscriptions.models import UsageConflict, UsageRecord, UsageSource
from subscriptions.usage import sources, unmatched
from subscriptions.usage.forms import AssignForm, SourceForm

KEY_SHOWN = 600  # seconds


class StaffSources(ListPage):
    """Systems that report usage, with the last report of each."""

    permission = sources.RUN
    template_name = "subscriptions/staff_sources.html"
    context_object_name = "sources"

    def get_queryset(self) -> QuerySet[UsageSource]:
        return UsageSource.objects.order_by("closed_at", "code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(shown=cache.get(_place(self.request)), **kwargs)


class StaffSourceCreate(FormPage):
    permission = sources.RUN
    template_name = "subscriptions/staff_source_form.html"
    form_class = SourceForm
    once = True
    success_message = _("The source is added. Its key is below.")

    def perform(self, form: SourceForm) -> str:
        data = form.cleaned_data
        opened = sources.add_source(
            by=self.request.user, code=data["code"], name=data["name"], now=timezone.now()
        )
        return _show(self.request, opened)


class StaffSourceKey(ActionPage):
    """Another key for a source."""

    permission = sources.RUN
    success_message = _("The new key is below. The old one no longer works.")

    def perform(self) -> str:
        source = get_object_or_404(UsageSource, pk=self.kwargs["pk"])
        return _show(self.request, sources.renew_key(by=self.request.user, source=source, now=timezone.now()))

    def failure_url(self) -> str:
        return reverse("subscriptions:staff-sources")


class StaffSourceClose(ActionPage):
    permission = sources.RUN
    success_message = _("The source is closed and may report no more.")

    def perform(self) -> str:
        source = get_object_or_404(UsageSource, pk=self.kwargs["pk"])
        sources.close_source(by=self.request.user, source=source, now=timezone.now())
        return reverse("subscriptions:staff-sources")


class StaffUsage(ListPage):
    """Reports that nobody's contract bears, newest first, and those that contradict each other."""

    permission = unmatched.DESK
    template_name = "subscriptions/staff_usage.html"
    context_object_name = "records"

    def get_queryset(self) -> QuerySet[UsageRecord]:
        return UsageRecord.objects.unmatched().with_names()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        conflicts = UsageConflict.objects.select_related("record__source")[:25]
        return super().get_context_data(conflicts=conflicts, **kwargs)


class StaffUsageAssign(FormPage):
    """One report: to whose contract it belongs."""

    permission = unmatched.DESK
    template_name = "subscriptions/staff_usage_assign.html"
    form_class = AssignForm
    success_message = _("The report now counts on this contract.")

    @cached_property
    def record(self) -> UsageRecord:
        return get_object_or_404(UsageRecord.objects.unmatched().with_names(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, **kwargs)

    def perform(self, form: AssignForm) -> str:
        unmatched.assign_record(
            by=self.request.user,
            record=self.record,
            contract_number=form.cleaned_data["contract"],
            now=timezone.now(),
        )
        return reverse("subscriptions:staff-usage")


def _place(request: HttpRequest) -> str:
    return f"usage-key:{request.user.pk}:{request.session.session_key}"


def _show(request: HttpRequest, opened: sources.Opened) -> str:
    """The key is shown to whoever made it, in this session, for ten minutes."""
    cache.set(_place(request), {"name": opened.source.name, "key": opened.key}, timeout=KEY_SHOWN)
    return reverse("subscriptions:staff-sources")
