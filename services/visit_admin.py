"""Visits and what belongs to them in the back office: only looked at. Imported by admin.py.

What customers and colleagues wrote to each other is for the workshop, not for the office.
"""

from django.contrib import admin

from common.backoffice import ReadOnlyAdmin
from services.models import (
    Absence,
    Allocation,
    Appointment,
    CalendarFeed,
    Campaign,
    CampaignCar,
    CheckResult,
    Displacement,
    Estimate,
    EstimateLine,
    Finding,
    Hold,
    Job,
    JobTime,
    LoanHandover,
    PromiseChange,
    RepairOrder,
    StatusChange,
    Thanks,
    TyreSet,
    Upkeep,
    VisitMessage,
    WaitlistEntry,
)


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ("code", "centre", "service_type", "vehicle", "span", "way", "status", "price_cents")
    list_filter = ("status", "way", "centre", "service_type")
    search_fields = ("code", "vehicle__vin", "vehicle__plate", "booked_by__email")
    list_select_related = ("centre", "service_type", "vehicle__model")
    exclude = ("note", "symptoms", "street")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "position", "service_type", "span", "state", "price_cents")
    list_filter = ("state", "service_type")
    search_fields = ("appointment__code",)
    list_select_related = ("appointment", "service_type")


@admin.register(JobTime)
class JobTimeAdmin(ReadOnlyAdmin):
    list_display = ("job", "technician", "started_at", "ended_at")
    search_fields = ("job__appointment__code", "technician__name")
    list_select_related = ("job", "technician")


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ("resource", "kind", "part", "span", "active", "appointment")
    list_filter = ("kind", "part", "active")
    search_fields = ("resource__name", "appointment__code")
    list_select_related = ("resource", "appointment")


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("user", "centre", "span", "purpose", "state", "expires_at")
    list_filter = ("state", "purpose", "centre")
    search_fields = ("user__email",)
    list_select_related = ("user", "centre")


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "user", "not_before", "state", "created_at", "ended_at")
    list_filter = ("state",)
    search_fields = ("appointment__code", "user__email")
    list_select_related = ("appointment", "user")


@admin.register(Absence)
class AbsenceAdmin(ReadOnlyAdmin):
    """Without the reason: who is ill concerns their own centre only."""

    list_display = ("resource", "span", "entered_at", "cancelled_at")
    search_fields = ("resource__name",)
    list_select_related = ("resource",)
    exclude = ("reason",)


@admin.register(Displacement)
class DisplacementAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "allocation", "state", "at", "settled_at")
    list_filter = ("state",)
    search_fields = ("appointment__code",)
    list_select_related = ("appointment", "allocation")


@admin.register(StatusChange)
class StatusChangeAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "status", "parts_expected_on", "by", "at")
    list_filter = ("status",)
    search_fields = ("appointment__code",)
    list_select_related = ("appointment", "by")


@admin.register(PromiseChange)
class PromiseChangeAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "promised_at", "reason", "by", "at")
    search_fields = ("appointment__code",)
    list_select_related = ("appointment", "by")


@admin.register(VisitMessage)
class VisitMessageAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "from_customer", "at", "read_at")
    list_filter = ("from_customer", ("read_at", admin.EmptyFieldListFilter))
    search_fields = ("appointment__code",)
    list_select_related = ("appointment",)
    exclude = ("text",)


@admin.register(Thanks)
class ThanksAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "at")
    search_fields = ("appointment__code",)
    list_select_related = ("appointment",)
    exclude = ("text",)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    list_display = ("user", "created_at", "last_used_at")
    search_fields = ("user__email",)
    list_select_related = ("user",)
    exclude = ("serial",)  # part of the secret address


@admin.register(Estimate)
class EstimateAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "number", "state", "sent_at", "expires_at", "decided_through")
    list_filter = ("state", "decided_through")
    search_fields = ("appointment__code",)
    list_select_related = ("appointment",)


@admin.register(EstimateLine)
class EstimateLineAdmin(ReadOnlyAdmin):
    list_display = ("estimate", "position", "title", "urgency", "decision", "done_at")
    list_filter = ("decision", "urgency")
    search_fields = ("estimate__appointment__code", "title")
    list_select_related = ("estimate",)


@admin.register(CheckResult)
class CheckResultAdmin(ReadOnlyAdmin):
    list_display = ("job", "item", "verdict", "value", "at")
    list_filter = ("verdict",)
    search_fields = ("job__appointment__code",)
    list_select_related = ("job", "item")


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ("job", "text", "by", "at")
    search_fields = ("job__appointment__code", "text")
    list_select_related = ("job", "by")


@admin.register(RepairOrder)
class RepairOrderAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "mileage_km", "key", "price_limit_cents", "checked_in_at", "signed_at")
    list_filter = ("key", ("signed_at", admin.EmptyFieldListFilter))
    search_fields = ("appointment__code",)
    list_select_related = ("appointment",)


@admin.register(LoanHandover)
class LoanHandoverAdmin(ReadOnlyAdmin):
    list_display = ("appointment", "car", "handed_at", "due_at", "returned_at")
    list_filter = (("returned_at", admin.EmptyFieldListFilter),)
    search_fields = ("appointment__code", "car__plate")
    list_select_related = ("appointment", "car")
    exclude = ("driver_name", "licence_class", "licence_expires")


@admin.register(TyreSet)
class TyreSetAdmin(ReadOnlyAdmin):
    list_display = ("vehicle", "centre", "place", "season", "stored_at", "taken_out_at")
    list_filter = ("season", "centre", ("taken_out_at", admin.EmptyFieldListFilter))
    search_fields = ("vehicle__vin", "vehicle__plate", "place")
    list_select_related = ("vehicle__model", "centre")


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind", "title_de", "do_not_drive", "published_at", "closed_at")
    list_filter = ("kind", "do_not_drive")
    search_fields = ("code", "authority_number", "title_de", "title_en")


@admin.register(CampaignCar)
class CampaignCarAdmin(ReadOnlyAdmin):
    list_display = ("campaign", "vin", "state", "told_at", "done_at")
    list_filter = ("state", "campaign")
    search_fields = ("vin", "campaign__code")
    list_select_related = ("campaign",)


@admin.register(Upkeep)
class UpkeepAdmin(ReadOnlyAdmin):
    list_display = ("vehicle", "inspection_month", "service_due_on", "service_due_km", "warranty_until")
    search_fields = ("vehicle__vin", "vehicle__plate")
    list_select_related = ("vehicle__model",)
