"""allauth's forms in our words: labels instead of placeholders, one sentence instead of four rules."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.socialaccount import forms as outside_forms
from django import forms
from django.utils.translation import gettext_lazy as _

PASSWORD_HINT = _("At least 10 characters. A short sentence is easy to keep in mind.")


class Plain(forms.Form):
    """Labels stand above their fields; a placeholder would only repeat them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in ("login", "email"):
                field.label = _("E-mail")
            if name in ("password1", "password2") and field.help_text:
                field.help_text = PASSWORD_HINT if name == "password1" else ""


class LoginForm(Plain, allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""  # the page has the way to a new one below the field


class SignupForm(Plain, allauth_forms.SignupForm):
    field_order = ("first_name", "last_name", "email", "password1")


class OutsideSignupForm(Plain, outside_forms.SignupForm):
    """What another house left open: mostly only the e-mail address, when it told none."""

    field_order = ("first_name", "last_name", "email")


class RequestLoginCodeForm(Plain, allauth_forms.RequestLoginCodeForm):
    pass


class ResetPasswordForm(Plain, allauth_forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Plain, allauth_forms.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(Plain, allauth_forms.ChangePasswordForm):
    pass


class SetPasswordForm(Plain, allauth_forms.SetPasswordForm):
    pass


class AddEmailForm(Plain, allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")


class ReauthenticateForm(Plain, allauth_forms.ReauthenticateForm):
    pass
