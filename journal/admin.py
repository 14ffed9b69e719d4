"""The journal in the back office: to look at. Parked work is run again on the staff's own page."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from common.backoffice import ReadOnlyAdmin
from journal.models import Event, OutboxEntry, ReactionRun


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "what", "subject", "sequence", "by")
    list_filter = ("kind",)
    search_fields = ("kind", "by__email", "subject__kind", "=subject__object_id")
    list_select_related = ("subject", "by")
    ordering = ("-id",)
    date_hierarchy = "at"
    show_full_result_count = False  # counting a journal takes longer than reading a page of it

    @admin.display(description=_("event"))
    def what(self, event: Event) -> Any:
        return event.label


@admin.register(ReactionRun)
class ReactionRunAdmin(ReadOnlyAdmin):
    list_display = ("reaction", "event", "state", "attempts", "due_at", "done_at")
    list_filter = ("state", "reaction")
    search_fields = ("reaction", "last_error", "=event__id")
    list_select_related = ("event",)
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnlyAdmin):
    list_display = ("channel", "stable_id", "state", "attempts", "created_at", "due_at", "done_at")
    list_filter = ("state", "channel")
    search_fields = ("stable_id", "last_error")
    ordering = ("-id",)
    show_full_result_count = False
