"""Shapes of what people type in the forum; the rules are in the noun modules."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from community import names, posting, rendering, reporting
from community.models import Category, MemberProfile, Post, Report

if TYPE_CHECKING:
    from accounts.models import User
    from community.models.categories import Reader

_TEXT_HELP = _("Bold with **two stars**, lists with a hyphen, quotes with >.")


class WritingForm(forms.Form):
    """A text, and at the first time the name under which it appears."""

    text = forms.CharField(
        label=_("Your text"),
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_TEXT_HELP,
        strip=False,
        max_length=rendering.MAX_TEXT,
    )
    handle = forms.CharField(
        label=_("Your name in the forum"),
        max_length=names.MAX_LENGTH,
        help_text=_("Others see this name only, never your real one. You can change it later."),
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if MemberProfile.objects.filter(user=user).exists():
            del self.fields["handle"]
        else:
            self.fields["handle"].initial = names.propose_handle()


class ReplyForm(WritingForm):
    """The answer box of a topic."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Your reply")


class TopicForm(WritingForm):
    """A new topic."""

    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.none(), empty_label=_("Please choose")
    )
    title = forms.CharField(
        label=_("Title"),
        min_length=posting.MIN_TITLE,
        max_length=posting.MAX_TITLE,
        help_text=_("Say in one line what it is about."),
    )
    field_order = ("category", "title", "text", "handle")

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        category = cast(forms.ModelChoiceField, self.fields["category"])
        category.queryset = Category.objects.writable_by(user)


class EditForm(forms.Form):
    """Another wording of a post. ``version`` is the one that was read before."""

    title = forms.CharField(label=_("Title"), min_length=posting.MIN_TITLE, max_length=posting.MAX_TITLE)
    text = forms.CharField(
        label=_("Your text"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_TEXT_HELP,
        strip=False,
        max_length=rendering.MAX_TEXT,
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author reads it: which rule, and what in the post breaks it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, user: "User", post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if post.post_no > 1:
            del self.fields["title"]
        if post.author.user_id == user.pk:
            del self.fields["reason"]
        else:
            self.fields["text"].label = _("Text")


class HandleForm(forms.Form):
    """The name in the forum."""

    handle = forms.CharField(
        label=_("Your name in the forum"),
        max_length=names.MAX_LENGTH,
        help_text=_("3 to 24 Latin letters and digits. Others see this name only."),
    )


class ReportForm(forms.Form):
    """A report by anybody (DSA Art. 16(2))."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Reason, widget=forms.RadioSelect)
    explanation = forms.CharField(
        label=_("Please explain"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=reporting.MAX_EXPLANATION,
        help_text=_("Which sentence is it, and why should it not be here?"),
    )
    law = forms.CharField(label=_("Which law, if you know it"), max_length=160, required=False)
    notifier_name = forms.CharField(label=_("Your name"), max_length=120)
    notifier_email = forms.EmailField(
        label=_("Your e-mail"), help_text=_("Here we tell you what was decided. Nobody else sees it.")
    )
    good_faith = forms.BooleanField(
        label=_("What I say is true and complete to the best of my knowledge."),
        error_messages={"required": _("Please confirm this; the law asks for it.")},
    )

    def __init__(self, *args: Any, user: "Reader", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.is_authenticated:
            del self.fields["notifier_name"], self.fields["notifier_email"]


class DecisionForm(forms.Form):
    """A report's decision."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Report.Outcome, widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("Statement of reasons"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The notifier reads it, and the author where the post is hidden: what, why, which rule."),
    )


class ReasonForm(forms.Form):
    """Why a post is hidden."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The author reads it: which rule, and what in the post breaks it."),
    )
