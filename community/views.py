"""Pages of the forum for reading, which is public; those for writing are in writing_views."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import User
from common.pages import Access, ActionPage, Page
from community import editing, posting, reading
from community.forms import ReplyForm
from community.models import Category, Post, Topic, may_moderate


def post_url(topic_id: int, post_no: int) -> str:
    """The page of a topic that shows this post, scrolled to it."""
    page = reading.page_of(post_no)
    query = f"?page={page}" if page > 1 else ""
    return f"{reverse('community:topic-detail', args=[topic_id])}{query}#post-{post_no}"


def person_of(request: HttpRequest) -> User:
    """Who is signed in; LoginRequiredMiddleware has seen to it that somebody is."""
    return cast("User", request.user)


def whole_number(request: HttpRequest, name: str, default: int) -> int:
    """A number of the query string; anything else is the default."""
    typed = request.GET.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else default


class Home(Page):
    """Categories, and what was talked about last."""

    public = True
    template_name = "community/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        listing = reading.topic_list(
            user, before=self.request.GET.get("before", ""), after=self.request.GET.get("after", "")
        )
        categories = Category.objects.visible_to(user)
        return super().get_context_data(categories=categories, listing=listing, **kwargs)


class CategoryDetail(Page):
    """The topics of one category."""

    public = True
    template_name = "community/category_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        category = get_object_or_404(Category.objects.visible_to(user), slug=kwargs["slug"])
        listing = reading.topic_list(
            user,
            category=category,
            before=self.request.GET.get("before", ""),
            after=self.request.GET.get("after", ""),
        )
        writable = Category.objects.writable_by(user).filter(pk=category.pk).exists()
        return super().get_context_data(category=category, listing=listing, may_write=writable, **kwargs)


class TopicScope(Access):
    """The topic named in the address, if this reader may see it."""

    def get_topic(self) -> Topic:
        topics = Topic.objects.visible_to(self.request.user).select_related("category", "author")  # type: ignore[attr-defined]
        topic: Topic = get_object_or_404(topics, pk=self.kwargs["pk"])  # type: ignore[attr-defined]
        return topic


class TopicDetail(TopicScope, Page):
    """A conversation, twenty posts a page."""

    public = True
    template_name = "community/topic_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        topic = self.get_topic()
        page = reading.topic_page(user, topic, whole_number(self.request, "page", 1))
        context = super().get_context_data(
            topic=topic, page=page, pages=page_links(page.number, page.pages), **kwargs
        )
        context["moderates"] = may_moderate(user)
        if topic.solved_post_no:
            context["solution_url"] = post_url(topic.pk, topic.solved_post_no)
        if user.is_authenticated:
            mark = reading.reading_of(user, topic)
            context["read_no"] = mark.last_read_no if mark else 0
            context["watching"] = bool(mark and mark.watch == mark.Watch.WATCHING)
            context["is_author"] = topic.author.user_id == user.pk
            context["may_write"] = posting.may_write(user, topic)
            if context["may_write"]:
                context["form"] = ReplyForm(user=user)
                context["idempotency_key"] = uuid.uuid4().hex
        return context


def page_links(number: int, pages: int) -> list[int]:
    """First, last and the neighbours; 0 stands for a gap."""
    shown = sorted({1, pages, *range(max(1, number - 1), min(pages, number + 1) + 1)})
    links: list[int] = []
    for page in shown:
        if links and page > links[-1] + 1:
            links.append(0)
        links.append(page)
    return links


class TopicNews(TopicScope, Page):
    """The quiet line "3 new replies" under the last post that is on the page."""

    public = True
    template_name = "community/_news.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        topic = self.get_topic()
        seen = whole_number(self.request, "after", topic.last_post_no)
        posts = Post.objects.visible_to(self.request.user).filter(topic=topic, post_no__gt=seen)
        # By the post's own address: the page's address with another #anchor would not load anew.
        first = posts.order_by("post_no").values_list("pk", flat=True).first()
        url = reverse("community:post-detail", args=[first]) if first else ""
        return super().get_context_data(count=posts.count(), url=url, **kwargs)


class TopicUnread(TopicScope, View):
    """On to the first post that the reader has not seen."""

    public = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        topic = self.get_topic()
        return redirect(post_url(topic.pk, reading.first_unread_no(request.user, topic)))


class PostDetail(Access, View):
    """A lasting address of one post: on to its place in its topic."""

    public = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        post = get_object_or_404(Post.objects.visible_to(request.user), pk=kwargs["pk"])
        return redirect(post_url(post.topic_id, post.post_no))


class PostVersions(Page):
    """How a post came to its words: each version with what it changed."""

    public = True
    template_name = "community/post_versions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        posts = Post.objects.visible_to(user).select_related("topic", "author")
        post = get_object_or_404(posts, pk=kwargs["pk"])
        return super().get_context_data(
            post=post, steps=editing.history(user, post), moderates=may_moderate(user), **kwargs
        )


class TopicMarkRead(TopicScope, View):
    """The reader has come to the end of a page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        topic = self.get_topic()
        typed = request.POST.get("up_to", "")
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
            raise Http404
        reading.mark_read(by=person_of(request), topic=topic, up_to=int(typed))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204)
        return redirect(post_url(topic.pk, min(int(typed), topic.last_post_no)))


class TopicWatch(TopicScope, ActionPage):
    def perform(self) -> str:
        topic = self.get_topic()
        watching = self.request.POST.get("watching") == "1"
        reading.set_watching(by=person_of(self.request), topic=topic, watching=watching)
        messages.success(
            self.request,
            _("We tell you when somebody replies.") if watching else _("You hear no more of this topic."),
        )
        return reverse("community:topic-detail", args=[topic.pk])
