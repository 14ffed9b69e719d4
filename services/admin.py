"""The workshop in the back office.

What staff set up (centres, hours, services, people and bays) is edited here; visits and
what they hold have domain functions and are only looked at.
"""

from django.contrib import admin
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.forms import RangeWidget
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminDateWidget

from accounts.backoffice import ReadOnlyAdmin
from services.models import (
    Allocation,
    Appointment,
    Centre,
    Closure,
    OpeningHours,
    Resource,
    ServiceType,
    Shift,
    Skill,
)


class OpeningHoursInline(TabularInline):
    model = OpeningHours
    extra = 0


@admin.register(Centre)
class CentreAdmin(ModelAdmin):
    list_display = ("name", "town", "land", "phone", "is_active")
    list_filter = ("land", "is_active")
    search_fields = ("name", "town", "code")
    inlines = (OpeningHoursInline,)


@admin.register(Skill)
class SkillAdmin(ModelAdmin):
    list_display = ("code", "name_de", "name_en")
    search_fields = ("code", "name_de", "name_en")


@admin.register(ServiceType)
class ServiceTypeAdmin(ModelAdmin):
    list_display = (
        "name_de",
        "duration_minutes",
        "skill",
        "bay_type",
        "price_cents",
        "owner_may_book",
        "is_active",
    )
    list_filter = ("is_active", "owner_may_book", "bay_type")
    search_fields = ("code", "name_de", "name_en")
    list_select_related = ("skill",)


class ShiftInline(TabularInline):
    model = Shift
    extra = 0
    formfield_overrides = {DateRangeField: {"widget": RangeWidget(UnfoldAdminDateWidget())}}


@admin.register(Resource)
class ResourceAdmin(ModelAdmin):
    list_display = ("name", "kind", "centre", "bay_type", "is_active")
    list_filter = ("kind", "centre", "is_active")
    search_fields = ("name", "user__email")
    list_select_related = ("centre",)
    autocomplete_fields = ("user", "skills")
    inlines = (ShiftInline,)


@admin.register(Closure)
class ClosureAdmin(ReadOnlyAdmin):
    list_display = ("centre", "span", "reason", "name")
    list_filter = ("centre", "reason")
    list_select_related = ("centre",)


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ("code", "centre", "service_type", "vehicle", "span", "status", "price_cents")
    list_filter = ("status", "centre", "service_type")
    search_fields = ("code", "vehicle__vin", "vehicle__plate", "booked_by__email")
    list_select_related = ("centre", "service_type", "vehicle__model")
    exclude = ("note",)  # for the workshop, not for the office


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    list_display = ("resource", "kind", "span", "active", "appointment")
    list_filter = ("kind", "active")
    search_fields = ("resource__name", "appointment__code")
    list_select_related = ("resource", "appointment")
