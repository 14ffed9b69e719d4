"""Pages of the administrators: how long things are kept, and what is kept of people who left."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import KeptRecord
from accounts.privacy import keeping, parts, retention
from accounts.privacy.forms import PeriodForm
from common.pages import FormPage, ListPage, Page


class Retention(Page):
    permission = "accounts.run_retention"
    template_name = "accounts/privacy_retention.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(standings=retention.standings(), **kwargs)


class RetentionChange(FormPage):
    """One rule: what it says, what would go now, and another time for it."""

    permission = "accounts.run_retention"
    template_name = "accounts/privacy_retention_change.html"
    form_class = PeriodForm
    success_message = _("The period is changed. It counts from the next run on.")

    def get_form_kwargs(self) -> dict[str, Any]:
        rule = retention.rule_named(self.kwargs["name"])
        return {**super().get_form_kwargs(), "least": rule.least_days, "most": rule.most_days}

    def get_initial(self) -> dict[str, Any]:
        return {"days": retention.days_of(self.kwargs["name"])}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = retention.standing_of(self.kwargs["name"], now=timezone.now())
        return super().get_context_data(standing=standing, **kwargs)

    def perform(self, form: PeriodForm) -> str:
        retention.change_rule(
            by=self.request.user,
            name=self.kwargs["name"],
            days=form.cleaned_data["days"],
            now=timezone.now(),
        )
        return reverse("accounts:staff-retention")


class LockedRecords(ListPage):
    """What is locked, for which law and until when; never of whom."""

    permission = "accounts.see_locked"
    template_name = "accounts/privacy_locked_list.html"
    context_object_name = "records"

    def get_queryset(self) -> QuerySet[KeptRecord]:
        return keeping.kept_records()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["rows"] = [(record, _label(record)) for record in context["records"]]
        return context


class LockedRecord(Page):
    """Opening a locked record is an act, and so a POST: the journal keeps who did it."""

    permission = "accounts.see_locked"
    template_name = "accounts/privacy_locked.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        locked = get_object_or_404(keeping.kept_records(), pk=self.kwargs["pk"])
        record = keeping.look_at(by=self.request.user, record=locked)
        context = self.get_context_data(record=record, label=_label(record))
        return self.render_to_response(context)


def _label(record: KeptRecord) -> Any:
    part = parts.part_named(record.part)
    return part.label if part else record.part
