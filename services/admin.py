"""The workshop in the back office.

What staff set up (centres, hours, services, people and bays) is edited here; visits and
what they hold have domain functions and are only looked at, see visit_admin.py.
"""

from django.contrib import admin
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.forms import RangeWidget
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminDateWidget

from accounts.backoffice import ReadOnlyAdmin
from services import visit_admin
from services.models import (
    Centre,
    CheckItem,
    Closure,
    ExtraOpening,
    OpeningHours,
    Qualification,
    Resource,
    ServiceType,
    Shift,
    Skill,
    SymptomQuestion,
)


class OpeningHoursInline(TabularInline):
    """To look at: a change has to find new times for what it leaves out, see centres/hours.py."""

    model = OpeningHours
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


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


class SymptomQuestionInline(TabularInline):
    model = SymptomQuestion
    extra = 0


class CheckItemInline(TabularInline):
    model = CheckItem
    extra = 0


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
    autocomplete_fields = ("car_models",)
    inlines = (SymptomQuestionInline, CheckItemInline)


class QualificationInline(TabularInline):
    model = Qualification
    extra = 0
    fields = ("skill", "valid_until")


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
    autocomplete_fields = ("user", "car_model")
    exclude = ("shown_since",)  # a consent: only they give it
    inlines = (QualificationInline, ShiftInline)


@admin.register(Closure)
class ClosureAdmin(ReadOnlyAdmin):
    list_display = ("centre", "span", "reason", "name")
    list_filter = ("centre", "reason")
    list_select_related = ("centre",)


@admin.register(ExtraOpening)
class ExtraOpeningAdmin(ReadOnlyAdmin):
    list_display = ("centre", "day", "opens", "closes", "name", "cancelled_at")
    list_filter = ("centre",)
    list_select_related = ("centre",)


__all__ = ["visit_admin"]  # registers what is only looked at
