"""Pages that only the development house has: its mail, and the parts that pages are made of."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.csp import HEADER
from common.pages import Page
from documents.fields import SignatureField, UploadsField
from portal import dev_mail
from vehicles.ownership import PHOTO_KIND


class MailList(Page):
    public = True
    template_name = "portal/dev_mail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = Paginator(dev_mail.newest(), 25)
        return super().get_context_data(page_obj=pages.get_page(self.request.GET.get("page")), **kwargs)


class MailDetail(Page):
    public = True
    template_name = "portal/dev_mail_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mail = dev_mail.find(kwargs["name"])
        if mail is None:
            raise Http404
        return super().get_context_data(mail=mail, **kwargs)


@login_not_required
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail program would show it: no script, nothing loaded."""
    mail = dev_mail.find(name)
    if mail is None or not mail.html:
        raise Http404
    response = HttpResponse(mail.html)
    response[HEADER] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
    return response


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As in your passport."))
    email = forms.EmailField(label=_("E-mail"), required=False)
    plan = forms.ChoiceField(label=_("Plan"), choices=[("75", "75 kWh"), ("100", "100 kWh")])
    reach = forms.ChoiceField(
        label=_("How may we reach you?"),
        choices=[("mail", _("By e-mail")), ("phone", _("By phone"))],
        widget=forms.RadioSelect,
    )
    photo = UploadsField(kind=PHOTO_KIND, max_files=5, label=_("Photo"), required=False)
    signature = SignatureField(label=_("Your signature"))
    text = forms.CharField(label=_("Message"), widget=forms.Textarea)
    agree = forms.BooleanField(label=_("I have read this."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].receive_for(None, timezone.now())  # type: ignore[attr-defined]


class Components(Page):
    public = True
    template_name = "portal/components.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            form=SampleForm(),
            wrong_form=SampleForm({"email": "mara@", "plan": "75"}),
            now=timezone.now(),
            cents=16900,
            steps=[_("Concern"), _("Place and time"), _("Confirm")],
            **kwargs,
        )
