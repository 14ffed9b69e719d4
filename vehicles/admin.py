"""The garage in the back office: all of it has domain functions, so it is only looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.backoffice import ReadOnlyAdmin
from vehicles.models import (
    ClaimCode,
    ClaimVerdict,
    GarageShare,
    Ownership,
    OwnershipClaim,
    Share,
    Transfer,
    Vehicle,
    VehicleModel,
)


@admin.register(VehicleModel)
class VehicleModelAdmin(ModelAdmin):
    """The catalogue of the brand: edited here, never deleted, because cars are of it."""

    list_display = ("code", "name", "battery_kwh", "range_km", "power_kw", "price_cents", "is_sold")
    list_filter = ("is_sold",)
    search_fields = ("code", "name")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Vehicle)
class VehicleAdmin(ReadOnlyAdmin):
    list_display = ("vin", "model", "plate", "colour", "first_registered")
    list_filter = ("model", "colour")
    search_fields = ("vin", "plate")
    list_select_related = ("model",)
    exclude = ("photo", "nickname")  # private to those who see the car


@admin.register(Ownership)
class OwnershipAdmin(ReadOnlyAdmin):
    list_display = ("vehicle", "user", "period")
    search_fields = ("vehicle__vin", "vehicle__plate", "user__email")
    list_select_related = ("vehicle__model", "user")


@admin.register(Share)
class ShareAdmin(ReadOnlyAdmin):
    list_display = ("vehicle", "given_by", "user", "rights", "scope", "until", "outcome")
    list_filter = ("outcome", "scope")
    search_fields = ("vehicle__vin", "given_by__email", "user__email")
    list_select_related = ("vehicle__model", "given_by", "user")


@admin.register(GarageShare)
class GarageShareAdmin(ReadOnlyAdmin):
    list_display = ("given_by", "user", "rights", "scope", "until", "outcome")
    list_filter = ("outcome", "scope")
    search_fields = ("given_by__email", "user__email")
    list_select_related = ("given_by", "user")


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("vehicle", "offered_by", "state", "offered_at", "expires_at", "closed_at", "answered_by")
    list_filter = ("state",)
    search_fields = ("vehicle__vin", "offered_by__email", "answered_by__email")
    list_select_related = ("vehicle__model", "offered_by", "answered_by")


@admin.register(ClaimCode)
class ClaimCodeAdmin(ReadOnlyAdmin):
    list_display = ("vehicle", "issued_by", "issued_at", "expires_at", "closed_at")
    search_fields = ("vehicle__vin",)
    list_select_related = ("vehicle__model", "issued_by")
    exclude = ("code_hash",)


@admin.register(OwnershipClaim)
class OwnershipClaimAdmin(ReadOnlyAdmin):
    list_display = ("code", "vin", "vehicle", "state", "claimed_at", "objection_until", "closed_at")
    list_filter = ("state", "owner_answer")
    search_fields = ("code", "vin")
    list_select_related = ("vehicle__model",)


@admin.register(ClaimVerdict)
class ClaimVerdictAdmin(ReadOnlyAdmin):
    list_display = ("claim", "by", "grants", "at")
    list_select_related = ("claim", "by")
