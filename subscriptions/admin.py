"""Contracts and declarations are looked at; plans are drafted here and fixed once published."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from accounts.backoffice import ReadOnlyAdmin
from subscriptions.models import (
    BillingAccount,
    BillingRun,
    Contract,
    ContractVersion,
    Declaration,
    DeclarationAnswer,
    Plan,
    PlanVersion,
    VatRate,
)


class PlanVersionInline(TabularInline):
    model = PlanVersion
    extra = 0
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the plan

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CatalogueAdmin(ModelAdmin):
    """Product managers come into the back office for these pages and see no others."""

    permission = "subscriptions.edit_catalogue"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def _may(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.has_permission(self.permission))


@admin.register(Plan)
class PlanAdmin(CatalogueAdmin):
    list_display = ("code", "kind", "name_de", "place", "is_offered")
    list_filter = ("kind", "is_offered")
    search_fields = ("code", "name_de", "name_en")
    inlines = (PlanVersionInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PlanVersion)
class PlanVersionAdmin(CatalogueAdmin):
    """A draft can be changed; what is published is fixed by the database."""

    list_display = ("plan", "number", "valid_from", "price_cents", "period_months", "published_at")
    list_filter = ("plan__kind",)
    list_select_related = ("plan",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.published_at is None)

    has_delete_permission = has_change_permission


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    list_display = ("code", "plan", "holder", "vehicle", "starts_on", "ends_on")
    list_filter = ("plan__kind", ("ends_on", admin.EmptyFieldListFilter))
    search_fields = ("code", "holder__email", "vehicle__vin", "vehicle__plate")
    list_select_related = ("plan", "holder", "vehicle__model")


@admin.register(ContractVersion)
class ContractVersionAdmin(ReadOnlyAdmin):
    list_display = ("contract", "plan_version", "vehicle", "valid")
    list_select_related = ("contract", "plan_version__plan", "vehicle__model")


@admin.register(Declaration)
class DeclarationAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind", "name", "contract", "received_at")
    list_filter = ("kind",)
    search_fields = ("code", "email", "name")
    list_select_related = ("contract",)


@admin.register(DeclarationAnswer)
class DeclarationAnswerAdmin(ReadOnlyAdmin):
    list_display = ("declaration", "outcome", "by", "at")
    list_select_related = ("declaration", "by")


@admin.register(VatRate)
class VatRateAdmin(ReadOnlyAdmin):
    """For looking; rates are added in the set-up, where what is billed already is guarded."""

    list_display = ("code", "valid_from", "rate")


@admin.register(BillingAccount)
class BillingAccountAdmin(ReadOnlyAdmin):
    list_display = ("number", "holder", "organisation", "pay_by", "parked_at", "parked_because")
    list_filter = (("parked_at", admin.EmptyFieldListFilter), "pay_by")
    list_select_related = ("holder", "organisation")
    search_fields = ("number",)


@admin.register(BillingRun)
class BillingRunAdmin(ReadOnlyAdmin):
    list_display = ("until", "started_at", "finished_at", "by")
    list_select_related = ("by",)
