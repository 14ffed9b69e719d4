"""The forum in the back office: rooms can be arranged; what people wrote is for looking only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from community.models import Category, MemberProfile, Post, Report, Topic, TopicRead


class LookingOnly(ModelAdmin):
    """Written through the domain functions only; this shows it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    list_display = ("name_de", "slug", "position", "read_access", "write_access", "topic_count", "post_count")
    list_editable = ("position",)
    ordering = ("position",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Topic)
class TopicAdmin(LookingOnly):
    list_display = ("title", "category", "author", "post_count", "bumped_at", "locked_at", "hidden_at")
    list_filter = ("category",)
    list_select_related = ("category", "author")
    search_fields = ("title",)
    show_full_result_count = False


@admin.register(Post)
class PostAdmin(LookingOnly):
    list_display = ("topic", "post_no", "author", "created_at", "hidden_at")
    list_select_related = ("topic", "author")
    search_fields = ("plain",)
    exclude = ("html", "plain")
    show_full_result_count = False


@admin.register(MemberProfile)
class MemberAdmin(LookingOnly):
    list_display = ("handle", "created_at")
    search_fields = ("handle",)


@admin.register(Report)
class ReportAdmin(LookingOnly):
    list_display = ("code", "reason", "created_at", "outcome", "decided_at")
    list_filter = ("reason", "outcome")


@admin.register(TopicRead)
class TopicReadAdmin(LookingOnly):
    list_display = ("user", "topic", "last_read_no", "watch")
    list_select_related = ("user", "topic")
    show_full_result_count = False
