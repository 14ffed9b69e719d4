"""Accounts in the back office: all of them have domain functions, so they are only looked at."""

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client, Token
from allauth.mfa.models import Authenticator
from allauth.socialaccount.admin import SocialAppAdmin
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from unfold.admin import ModelAdmin

from accounts.backoffice import ReadOnlyAdmin
from accounts.models import Address, Connection, Notice, Partner, RoleGrant, User

# Groups: the table of permissions has their place. Tokens: secrets that nobody needs to see.
# Clients: /staff/partners/ registers them with all that belongs to it.
# The others come back below, in our dress and read-only where a person's own pages change them.
admin.site.unregister(
    [Group, SocialToken, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, Client, Token]
)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "first_name", "last_name", "language", "is_active", "date_joined")
    list_filter = ("is_active", "language")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("-date_joined",)
    exclude = ("password", "groups", "user_permissions", "is_staff", "is_superuser")
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


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ("email", "user", "primary", "verified")
    list_filter = ("verified", "primary")
    search_fields = ("email",)
    list_select_related = ("user",)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email",)
    list_select_related = ("user",)
    exclude = ("data",)  # keys and codes


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    list_display = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    search_fields = ("user__email", "ip")
    list_select_related = ("user",)
    exclude = ("session_key", "data")


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin):
    list_display = ("user", "provider", "uid", "last_login")
    search_fields = ("user__email", "uid")
    list_select_related = ("user",)


@admin.register(SocialApp)
class SignInElsewhereAdmin(ModelAdmin, SocialAppAdmin):
    """Other houses whose accounts may sign in here."""


@admin.register(Partner)
class PartnerAdmin(ReadOnlyAdmin):
    list_display = ("name", "field", "website", "created_at", "created_by", "closed_at")
    list_filter = ("field", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("name",)
    list_select_related = ("created_by",)


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = ("user", "partner", "since", "last_used_at", "revoked_at")
    list_filter = ("partner", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("user__email",)
    list_select_related = ("user", "partner")
