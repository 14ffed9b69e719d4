"""Accounts in the back office: all of them have domain functions, so they are only looked at."""

from django.contrib import admin

from accounts.backoffice import ReadOnlyAdmin
from accounts.models import Address, Notice, RoleGrant, User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "display_name", "language", "is_active", "date_joined")
    list_filter = ("is_active", "language")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("-date_joined",)
    exclude = ("password",)
    list_per_page = 50


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "scope_kind", "scope_id", "granted_at", "granted_by", "ended_at")
    list_filter = ("role", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("user__email", "user__last_name")
    list_select_related = ("user", "granted_by")


@admin.register(Address)
class AddressAdmin(ReadOnlyAdmin):
    list_display = ("user", "purpose", "street", "postcode", "town", "country")
    list_filter = ("purpose", "country")
    search_fields = ("user__email", "street", "town", "postcode")
    list_select_related = ("user",)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("user", "kind", "created_at", "read_at")
    list_filter = ("kind", ("read_at", admin.EmptyFieldListFilter))
    search_fields = ("user__email",)
    list_select_related = ("user",)
