"""Pages of the moderation: the queue of reports, and hiding, restoring, locking."""

from typing import Any

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage, ListPage
from community import editing, moderation, reporting
from community.forms import DecisionForm, ReasonForm
from community.models import Post, Report, Topic
from community.models.categories import MODERATE
from community.views import person_of, post_url


class ReportList(ListPage):
    """Open reports first, the oldest on top; decided ones behind them, the newest first."""

    permission = MODERATE
    template_name = "community/report_list.html"

    def get_queryset(self) -> QuerySet[Report]:
        reports = Report.objects.visible_to(self.request.user)
        reports = reports.select_related("post__topic", "post__author", "decided_by")
        if self.request.GET.get("state") == "decided":
            return reports.filter(decided_at__isnull=False).order_by("-decided_at")
        return reports.open().order_by("created_at")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(decided=self.request.GET.get("state") == "decided", **kwargs)


class ReportDetail(FormPage):
    permission = MODERATE
    form_class = DecisionForm
    template_name = "community/report_detail.html"
    success_message = _("Decided. The notifier is told, and the author where the post is hidden.")

    def get_report(self) -> Report:
        reports = Report.objects.visible_to(self.request.user).select_related(
            "post__topic__category", "post__author", "decided_by", "reported_by"
        )
        return get_object_or_404(reports, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.get_report()
        others = Report.objects.visible_to(self.request.user).filter(post=report.post).exclude(pk=report.pk)
        return super().get_context_data(report=report, others=others.order_by(F("id").desc())[:10], **kwargs)

    def perform(self, form: Any) -> str:
        reporting.decide_report(
            by=person_of(self.request), report=self.get_report(), now=timezone.now(), **form.cleaned_data
        )
        return reverse("community:staff-home")


class PostHide(FormPage):
    permission = MODERATE
    form_class = ReasonForm
    template_name = "community/post_hide.html"
    success_message = _("The post is hidden, and its author is told why.")

    def get_post(self) -> Post:
        posts = Post.objects.visible_to(self.request.user).select_related("topic", "author")
        return get_object_or_404(posts, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(post=self.get_post(), **kwargs)

    def perform(self, form: Any) -> str:
        post = moderation.hide_post(
            by=person_of(self.request), post=self.get_post(), now=timezone.now(), **form.cleaned_data
        )
        return post_url(post.topic_id, post.post_no)


class PostRestore(ActionPage):
    permission = MODERATE
    success_message = _("The post can be read again.")

    def get_post(self) -> Post:
        return get_object_or_404(Post.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def perform(self) -> str:
        post = moderation.restore_post(by=person_of(self.request), post=self.get_post(), now=timezone.now())
        return post_url(post.topic_id, post.post_no)

    def failure_url(self) -> str:
        post = self.get_post()
        return post_url(post.topic_id, post.post_no)


class TopicLock(ActionPage):
    """Locks, or with ``lock=0`` opens again."""

    permission = MODERATE

    def get_topic(self) -> Topic:
        return get_object_or_404(Topic.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def perform(self) -> str:
        if self.request.POST.get("lock") == "0":
            moderation.unlock_topic(by=person_of(self.request), topic=self.get_topic())
        else:
            moderation.lock_topic(by=person_of(self.request), topic=self.get_topic(), now=timezone.now())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("community:topic-detail", args=[self.kwargs["pk"]])


class VersionsErase(ActionPage):
    permission = MODERATE
    success_message = _("The earlier versions are erased for good.")

    def get_post(self) -> Post:
        return get_object_or_404(Post.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def perform(self) -> str:
        editing.erase_versions(by=person_of(self.request), post=self.get_post())
        return self.failure_url()

    def failure_url(self) -> str:
        return reverse("community:post-versions", args=[self.get_post().pk])
