"""Pages of the inbox, and of how a person wants to be told."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.devices import device_words
from accounts.models import Notice
from accounts.telling import bounces, inbox, notice_kinds, notice_wishes, push, push_sending
from accounts.telling.notice_forms import InboxFilter, PushForm, WishesForm
from common.errors import Invalid
from common.pages import ActionPage, FormPage, ListPage


class Inbox(ListPage):
    template_name = "accounts/inbox.html"
    context_object_name = "notices"

    def asked(self) -> dict[str, Any]:
        form = InboxFilter(self.request.GET)
        form.is_valid()
        return {
            "unread": form.cleaned_data.get("show") == "unread",
            "group": form.cleaned_data.get("group", ""),
        }

    def get_queryset(self) -> QuerySet[Notice]:
        return inbox.notices_of(self.request.user, **self.asked())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "entries": [(notice, inbox.words_of(notice)) for notice in context["notices"]],
            "unread": inbox.unread_count(self.request.user),
            "groups": notice_kinds.all_groups(),
            "refusal": bounces.block_of(self.request.user),
            "asked": self.asked(),
        }


class NoticeOpen(ActionPage):
    """Opening a notice marks it as read and leads to what it is about."""

    def perform(self) -> str:
        notice = get_object_or_404(Notice.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        inbox.mark_read(user=self.request.user, notice=notice, now=timezone.now())
        return notice.url or reverse("accounts:notices")


class NoticesRead(ActionPage):
    success_message = _("All notices are marked as read.")

    def perform(self) -> str:
        inbox.mark_read(user=self.request.user, now=timezone.now())
        return reverse("accounts:notices")


class NoticeWishes(FormPage):
    """Which groups go out by which channel, when, and to which browsers."""

    template_name = "accounts/notice_wishes.html"
    form_class = WishesForm
    success_message = _("Your wishes are saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        times = notice_wishes.times_of(self.request.user)
        initial = {name: getattr(times, name) for name in ("quiet_from", "quiet_until", "digest")}
        wishes = notice_wishes.wishes_of(self.request.user)
        return {**super().get_form_kwargs(), "wishes": wishes, "initial": initial}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        offered = push_sending.is_offered()
        return super().get_context_data(
            refusal=bounces.block_of(user),
            push_key=push_sending.public_key() if offered else "",
            devices=user.push_subscriptions.order_by("-pk"),
            session_key=self.request.session.session_key,
            **kwargs,
        )

    def perform(self, form: WishesForm) -> str:
        with transaction.atomic():
            notice_wishes.change_times(by=self.request.user, **form.times())
            notice_wishes.change_wishes(by=self.request.user, wishes=form.chosen())
        return reverse("accounts:notice-wishes")


class MailAgain(ActionPage):
    success_message = _("We have sent you an e-mail. If it is refused again, we tell you here.")

    def perform(self) -> str:
        bounces.try_again(by=self.request.user, now=timezone.now())
        return reverse("accounts:notice-wishes")

    def failure_url(self) -> str:
        return reverse("accounts:notice-wishes")


class PushAdd(ActionPage):
    success_message = _("This device now shows what concerns you.")

    def perform(self) -> str:
        form = PushForm(self.request.POST)
        if not form.is_valid():
            raise Invalid(_("Your browser did not say where it takes push notices. Please try again."))
        given = form.cleaned_data
        push.subscribe(
            by=self.request.user,
            endpoint=given["endpoint"],
            keys=push.Keys(given["p256dh"], given["auth"]),
            device=device_words(self.request.headers.get("User-Agent", "")),
            session_key=self.request.session.session_key or "",
            now=timezone.now(),
        )
        return reverse("accounts:notice-wishes") + "#push"

    def failure_url(self) -> str:
        return reverse("accounts:notice-wishes") + "#push"


class PushRemove(ActionPage):
    success_message = _("This device is no longer told.")

    def perform(self) -> str:
        push.unsubscribe(by=self.request.user, subscription_id=self.kwargs["pk"])
        return reverse("accounts:notice-wishes") + "#push"
