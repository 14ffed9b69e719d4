"""Shape of a booking: what for, how, where and when. Chosen things travel in the address, words never do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from documents.fields import UploadsField
from documents.models import Document
from services.booking import withdrawal
from services.booking.booking import NOTE_LENGTH
from services.booking.pictures import MOST_PICTURES, PICTURE
from services.booking.symptoms import LONGEST_ANSWER
from services.forms import InstantField
from services.models import Centre, ServiceType, SymptomQuestion, Way
from vehicles.models import Vehicle


class NearField(forms.CharField):
    """``53.56,9.95``: degrees (WGS 84), north and east."""

    default_error_messages = {"invalid": _("Please give latitude and longitude, such as 53.56,9.95.")}

    def to_python(self, value: Any) -> Any:
        if not value:
            return None
        north, _comma, east = str(value).partition(",")
        try:
            latitude, longitude = float(north), float(east)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # nor is a "nan"
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return latitude, longitude


class SubjectForm(forms.Form):
    """What is to be done, with which car, how and where; scoped to what the person may bring."""

    vehicle = forms.ModelChoiceField(Vehicle.objects.none(), required=False)
    service_type = forms.ModelMultipleChoiceField(ServiceType.objects.bookable_by_owners())
    centre = forms.ModelChoiceField(Centre.objects.open_to_owners(), required=False)
    way = forms.ChoiceField(choices=Way.choices, required=False)
    loan_car = forms.BooleanField(required=False)
    postcode = forms.CharField(max_length=5, required=False)
    near = NearField(max_length=60, required=False)

    def __init__(self, *args: Any, cars: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["vehicle"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = cars


class RequestForm(forms.Form):
    """Step one: the car, the jobs, and what the workshop should know."""

    vehicle = forms.ModelChoiceField(Vehicle.objects.none(), required=False)
    service_type = forms.ModelMultipleChoiceField(
        ServiceType.objects.none(), error_messages={"required": _("Please choose what is to be done.")}
    )
    note = forms.CharField(
        label=_("Message to the workshop"),
        help_text=_("What should we know? Noises, warnings, wishes."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=NOTE_LENGTH,
        required=False,
    )
    pictures = UploadsField(kind=PICTURE, max_files=MOST_PICTURES, label=_("Pictures"), required=False)

    def __init__(
        self,
        *args: Any,
        user: User,
        now: Any,
        cars: Any,
        service_types: Any,
        questions: list[SymptomQuestion],
        kept: list[Document],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, queryset in (("vehicle", cars), ("service_type", service_types)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
            field.queryset = queryset
        self.questions = questions
        for question in questions:
            self.fields[answer_name(question)] = _answer_field(question)
        pictures: Any = self.fields["pictures"]
        pictures.receive_for(user, now)
        if not self.is_bound:
            pictures.widget.received = kept

    def asked(self, service_type: ServiceType) -> list[Any]:
        """The fields of the questions about one kind of work."""
        return [self[answer_name(each)] for each in self.questions if each.service_type_id == service_type.pk]

    @property
    def answers(self) -> dict[str, str]:
        """Question id → answer, of the chosen kinds of work only."""
        chosen = {kind.pk for kind in self.cleaned_data.get("service_type", [])}
        given = {
            str(each.pk): self.cleaned_data.get(answer_name(each), "")
            for each in self.questions
            if each.service_type_id in chosen
        }
        return {key: text for key, text in given.items() if text}


class AppointmentForm(forms.Form):
    """Step three. The address only where we come to somebody, the wish only where the law asks for it."""

    starts_at = InstantField(error_messages={"required": _("Please choose a time.")})
    street = forms.CharField(
        label=_("Street and number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    town = forms.CharField(
        label=_("Town"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    early_start = forms.BooleanField(
        label=withdrawal.WISH,
        help_text=_("I know that my right to withdraw ends when you have done all the work."),
        required=False,
    )

    def __init__(self, *args: Any, with_address: bool, with_early_start: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_address:
            del self.fields["street"], self.fields["town"]
        if not with_early_start:
            del self.fields["early_start"]

    def clean(self) -> dict[str, Any]:
        """What is wrong with a hidden field is said at the top, where it can be read."""
        cleaned = super().clean() or self.cleaned_data
        for field in self.hidden_fields():
            for error in self.errors.pop(field.name, []):
                self.add_error(None, error)
        return cleaned


def answer_name(question: SymptomQuestion) -> str:
    return f"answer-{question.pk}"


def _answer_field(question: SymptomQuestion) -> forms.Field:
    if not question.answers:
        return forms.CharField(label=question.text, max_length=LONGEST_ANSWER, required=False)
    choices = [("", _("please choose")), *((each, each) for each in question.answers)]
    return forms.ChoiceField(label=question.text, choices=choices, required=False)
