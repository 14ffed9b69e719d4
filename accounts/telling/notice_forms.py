"""Shapes of what a person chooses about notices."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import NoticeTimes
from accounts.telling import notice_kinds
from accounts.telling.notice_wishes import Channel, Wish


class InboxFilter(forms.Form):
    """The filters in the inbox's address; nonsense counts as no filter."""

    show = forms.ChoiceField(choices=[("unread", "unread")], required=False)
    group = forms.CharField(max_length=40, required=False)

    def clean_group(self) -> str:
        known = {group.name for group in notice_kinds.all_groups()}
        given: str = self.cleaned_data["group"]
        return given if given in known else ""


class WishesForm(forms.Form):
    """A box per group and channel, quiet hours, and how often a mail may come."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    digest = forms.ChoiceField(
        label=_("How often we mail you"),
        choices=NoticeTimes.Digest.choices,
        widget=forms.RadioSelect,
        help_text=_("Collected mails come at seven in the morning, the weekly one on Mondays."),
    )

    def __init__(self, *args: Any, wishes: list[Wish], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wishes = wishes
        for wish in wishes:
            for channel, wanted in ((Channel.MAIL, wish.mail), (Channel.PUSH, wish.push)):
                self.fields[_name(wish, channel)] = forms.BooleanField(
                    label=channel.label, required=False, initial=wanted
                )

    def rows(self) -> list[tuple[Wish, Any, Any]]:
        """Each group with its two boxes, for the template."""
        return [
            (wish, self[_name(wish, Channel.MAIL)], self[_name(wish, Channel.PUSH)]) for wish in self.wishes
        ]

    def chosen(self) -> dict[tuple[str, str], bool]:
        return {
            (wish.group.name, channel): self.cleaned_data[_name(wish, channel)]
            for wish in self.wishes
            for channel in Channel
        }

    def times(self) -> dict[str, Any]:
        start: time | None = self.cleaned_data["quiet_from"]
        end: time | None = self.cleaned_data["quiet_until"]
        return {"quiet_from": start, "quiet_until": end, "digest": self.cleaned_data["digest"]}


class PushForm(forms.Form):
    """What the browser hands over when its person allows push."""

    endpoint = forms.CharField(max_length=500)
    p256dh = forms.CharField(max_length=120)
    auth = forms.CharField(max_length=40)


def _name(wish: Wish, channel: Channel) -> str:
    return f"{wish.group.name}-{channel.value}"
