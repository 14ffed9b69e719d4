"""What is typed about cases: shape only; the rules live in accounts/cases/cases.py."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.cases import guests, queues
from accounts.cases import links as case_links
from accounts.cases.links import Link
from accounts.cases.locking import LONGEST_TEXT
from accounts.cases.reading import PICTURE
from accounts.models import Case, User
from documents.fields import UploadsField, receive

NO_CALL = [("", _("no call needed"))]


class TopicField(forms.ChoiceField):
    """What it is about: the queues that customers can choose."""

    def __init__(self, *, for_guest: bool, **kwargs: Any) -> None:
        self.for_guest = for_guest
        super().__init__(
            label=_("What is it about?"), widget=forms.RadioSelect, choices=self._topics, **kwargs
        )

    def _topics(self) -> list[tuple[str, Any]]:
        return [(queue.name, queue.topic) for queue in queues.topics(for_guest=self.for_guest)]


class TextForm(forms.Form):
    """A message, with pictures."""

    text = forms.CharField(
        label=_("Message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )
    pictures = UploadsField(kind=PICTURE, max_files=5, label=_("Pictures or papers"), required=False)

    def __init__(
        self, *args: Any, user: User | None, now: datetime, owner: User | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        receive(self, "pictures", user, now, owner=owner)


class GuestTextForm(TextForm):
    """A message in a guest's request, with pictures as long as the request has room for them."""

    def __init__(self, *args: Any, case: Case, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, user=None, owner=case.customer, now=now, **kwargs)
        if not guests.has_room(case):
            del self.fields["pictures"]


class CaseForm(TextForm):
    """A new request of somebody with an account."""

    queue = TopicField(for_guest=False)
    title = forms.CharField(label=_("In a few words"), max_length=160)
    about = forms.ChoiceField(label=_("Is it about one of these?"), required=False)
    call_time = forms.ChoiceField(
        label=_("Shall we call you?"),
        required=False,
        choices=lambda: [*NO_CALL, *Case.CallTime.choices],
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    field_order = ["queue", "title", "text", "about", "pictures", "call_time", "phone"]

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, user=user, now=now, **kwargs)
        groups: list[Any] = [("", _("nothing in particular")), *case_links.choices_of(user, now)]
        if len(groups) > 1:
            self.fields["about"].choices = groups  # type: ignore[attr-defined]
        else:
            del self.fields["about"]
        self.fields["phone"].initial = user.phone

    @property
    def links(self) -> list[Link]:
        """Raises Invalid for a key that nobody's choice contains; the field has checked it before."""
        about = self.cleaned_data.get("about")
        return [case_links.parse_link(about)] if about else []


class DeskCaseForm(TextForm):
    """What a colleague writes down for a customer, or for somebody without an account."""

    queue = forms.ChoiceField(
        label=_("Queue"), choices=lambda: [(queue.name, queue.label) for queue in queues.all_queues()]
    )
    title = forms.CharField(label=_("In a few words"), max_length=160)
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    call_time = forms.ChoiceField(
        label=_("Call them?"), required=False, choices=lambda: [*NO_CALL, *Case.CallTime.choices]
    )
    field_order = ["queue", "title", "text", "pictures", "name", "email", "phone", "call_time"]

    def __init__(self, *args: Any, customer: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("The customer reads this.")
        if customer is not None:
            del self.fields["name"], self.fields["email"]
            self.fields["phone"].initial = customer.phone


class GuestCaseForm(forms.Form):
    """A request of somebody without an account: a name, and mail or phone."""

    queue = TopicField(for_guest=True)
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Here you get our answer and a link to reply."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    call_time = forms.ChoiceField(
        label=_("Shall we call you?"),
        required=False,
        choices=lambda: [*NO_CALL, *Case.CallTime.choices],
    )
    title = forms.CharField(label=_("In a few words"), max_length=160)
    text = forms.CharField(
        label=_("Message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )


class AnswerForm(TextForm):
    """What a colleague writes; which button was pressed says to whom."""

    goes_on = forms.BooleanField(
        label=_("We get back to them again: the clock goes on"),
        required=False,
    )


class ReasonForm(forms.Form):
    """A reason for colleagues."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_TEXT,
        help_text=_("Only colleagues read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HandOverForm(ReasonForm):
    queue = forms.ChoiceField(
        label=_("Queue"), choices=lambda: [(queue.name, queue.label) for queue in queues.all_queues()]
    )
    person = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("whoever takes it"),
        to_field_name="pk",
    )
    field_order = ["queue", "person", "reason"]

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            pk__in=[person.pk for person in people]
        ).order_by("last_name", "first_name", "pk")


class PromiseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    promised_by = forms.DateTimeField(
        label=_("The customer hears from us by"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )


class MergeForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    other = forms.ModelChoiceField(
        label=_("Goes into this request"),
        queryset=Case.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.queryset = others
        field.label_from_instance = lambda case: f"{case.code} · {case.title}"


class SearchForm(forms.Form):
    """What of the desk is shown; nonsense in the address is as good as nothing."""

    words = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"type": "search", "data-search": "", "placeholder": _("Number or words")}
        ),
    )
