"""Shapes of the pages that run partner services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from accounts.partners.partner_scopes import OPENID, scope_choices
from common.pages import IdempotentForm


class PartnerForm(IdempotentForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    field = forms.ChoiceField(label=_("Field"), choices=Partner.Field)
    about_de = forms.CharField(
        label=_("What it does, in German"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "de"}),
        help_text=_("One or two sentences. People read them when they decide."),
    )
    about_en = forms.CharField(
        label=_("What it does, in English"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}),
    )
    website = forms.URLField(label=_("Website"), assume_scheme="https")
    privacy_url = forms.URLField(label=_("Privacy notice"), assume_scheme="https")
    contact_email = forms.EmailField(label=_("Contact for us"), help_text=_("Only our team sees it."))
    redirect_uris = forms.CharField(
        label=_("Redirect addresses"),
        max_length=4000,
        widget=forms.Textarea(
            attrs={"rows": 3, "spellcheck": "false", "class": "textarea font-mono text-sm"}
        ),
        help_text=_("One per line, compared letter by letter. They begin with https://."),
    )
    sign_out_uris = forms.CharField(
        label=_("Addresses after signing out"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 2, "spellcheck": "false", "class": "textarea font-mono text-sm"}
        ),
        help_text=_("Where people go back to after they signed out with us too. One per line."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may ask people for"),
        choices=scope_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Signing in is always part of it. Each person decides about each of these."),
    )

    def clean_redirect_uris(self) -> list[str]:
        return self.cleaned_data["redirect_uris"].split()

    def clean_sign_out_uris(self) -> list[str]:
        return self.cleaned_data["sign_out_uris"].split()


class NewPartnerForm(PartnerForm):
    kind = forms.ChoiceField(
        label=_("Where its program runs"),
        choices=[
            ("server", _("on its own servers, with a secret")),
            ("app", _("as an app on people's devices, without a secret")),
        ],
        help_text=_("This can't be changed later."),
    )


def initial_of(partner: Partner) -> dict[str, Any]:
    """The form as the partner stands."""
    names = ("name", "field", "about_de", "about_en", "website", "privacy_url", "contact_email")
    return {
        **{name: getattr(partner, name) for name in names},
        "redirect_uris": "\n".join(partner.client.get_redirect_uris()),
        "sign_out_uris": "\n".join(partner.client.get_post_logout_redirect_uris()),
        "scopes": [scope for scope in partner.client.get_scopes() if scope != OPENID],
    }
