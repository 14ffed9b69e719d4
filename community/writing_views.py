"""Pages on which people write: topics, replies, accepted answers, reports, their name in the forum."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from common.errors import DomainError
from common.pages import Access, ActionPage, FormPage
from community import editing, names, posting, reading, rendering, reporting
from community.errors import TopicLocked
from community.forms import EditForm, HandleForm, ReplyForm, ReportForm, TopicForm
from community.models import Category, MemberProfile, Post
from community.views import TopicScope, person_of, post_url


class WritingPage(FormPage):
    """A form with a preview: the second button shows the text and sends nothing."""

    once = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: Any) -> HttpResponse:
        if "preview" not in self.request.POST:
            return super().form_valid(form)
        try:
            rendered = rendering.render(rendering.clean_source(form.cleaned_data["text"]))
        except DomainError as error:
            form.add_error("text", str(error))
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, preview=rendered))


class TopicCreate(WritingPage):
    form_class = TopicForm
    template_name = "community/topic_create.html"

    def get_initial(self) -> dict[str, Any]:
        slug = self.request.GET.get("category", "")
        category = Category.objects.writable_by(self.request.user).filter(slug=slug).first()
        return {"category": category}

    def perform(self, form: Any) -> str:
        topic = posting.open_topic(
            by=person_of(self.request),
            category=form.cleaned_data["category"],
            title=form.cleaned_data["title"],
            text=form.cleaned_data["text"],
            handle=form.cleaned_data.get("handle", ""),
            now=timezone.now(),
        )
        return reverse("community:topic-detail", args=[topic.pk])


class PostCreate(TopicScope, WritingPage):
    form_class = ReplyForm
    template_name = "community/post_create.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        topic = self.get_topic()
        page = reading.topic_page(self.request.user, topic, reading.page_of(topic.last_post_no))
        return super().get_context_data(topic=topic, last_posts=page.posts[-3:], **kwargs)

    def perform(self, form: Any) -> str:
        post = posting.reply(
            by=person_of(self.request),
            topic=self.get_topic(),
            text=form.cleaned_data["text"],
            handle=form.cleaned_data.get("handle", ""),
            now=timezone.now(),
        )
        return post_url(post.topic_id, post.post_no)


class PostEdit(WritingPage):
    form_class = EditForm
    template_name = "community/post_edit.html"
    success_message = _("Your change is saved.")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        posts = Post.objects.visible_to(request.user).select_related("topic__category", "author")
        self.edited = get_object_or_404(posts, pk=kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "post": self.edited}

    def get_initial(self) -> dict[str, Any]:
        post = self.edited
        return {"title": post.topic.title, "text": post.source, "version": post.version}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            editing.require_editable(person_of(request), self.edited)
        except TopicLocked as locked:
            messages.error(request, str(locked))
            return redirect(post_url(self.edited.topic_id, self.edited.post_no))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        overtaken = form is not None and form.data.get("version", "") not in ("", str(self.edited.version))
        if form is not None and overtaken:
            # Saved again after comparing, what is typed goes on from the wording that stands now.
            form.data = form.data.copy()
            form.data["version"] = str(self.edited.version)
        return super().get_context_data(post=self.edited, overtaken=overtaken, **kwargs)

    def perform(self, form: Any) -> str:
        post = editing.edit_post(
            by=person_of(self.request), post=self.edited, now=timezone.now(), **form.cleaned_data
        )
        return post_url(post.topic_id, post.post_no)


class TextPreview(Access, View):
    """The preview as a fragment, for the page that is being written on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            rendered = rendering.render(rendering.clean_source(request.POST.get("text", "")))
        except DomainError as error:
            return render(request, "community/_preview.html", {"error": str(error)})
        return render(request, "community/_preview.html", {"preview": rendered})


class AnswerAccept(ActionPage):
    success_message = _("Thank you. This helps others who have the same question.")

    def get_post(self) -> Post:
        return get_object_or_404(Post.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def perform(self) -> str:
        post = self.get_post()
        posting.accept_answer(by=person_of(self.request), post=post)
        return post_url(post.topic_id, post.post_no)

    def failure_url(self) -> str:
        post = self.get_post()
        return post_url(post.topic_id, post.post_no)


class ReportCreate(FormPage):
    """Report a post; open to everybody (DSA Art. 16)."""

    public = True
    form_class = ReportForm
    once = True
    template_name = "community/report_create.html"

    def get_post(self) -> Post:
        posts = Post.objects.visible_to(self.request.user).select_related("topic", "author")
        return get_object_or_404(posts, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.post_shown = self.get_post()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(post=self.post_shown, **kwargs)

    def perform(self, form: Any) -> str:
        report = reporting.report_post(
            by=self.request.user,
            post=self.post_shown,
            address=self.request.META.get("REMOTE_ADDR", ""),
            now=timezone.now(),
            **form.cleaned_data,
        )
        self.success_message = _(
            "Thank you. Your receipt is %(code)s; a moderator looks at it and tells you what was decided."
        ) % {"code": report.code}
        return post_url(self.post_shown.topic_id, self.post_shown.post_no)


class HandleChoice(FormPage):
    form_class = HandleForm
    template_name = "community/handle_choice.html"
    success_message = _("Your name in the forum is saved.")

    def get_initial(self) -> dict[str, Any]:
        member = MemberProfile.objects.filter(user=person_of(self.request)).first()
        return {"handle": member.handle if member else names.propose_handle()}

    def perform(self, form: Any) -> str:
        names.choose_handle(
            by=person_of(self.request), handle=form.cleaned_data["handle"], now=timezone.now()
        )
        return reverse("community:home")
