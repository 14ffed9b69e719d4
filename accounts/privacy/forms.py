"""Forms of privacy: being sure to leave, and for how long things are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class LeaveForm(forms.Form):
    sure = forms.BooleanField(label=_("I have read what goes and what stays. Delete my account."))


class PeriodForm(forms.Form):
    """Bounds come from the rule."""

    days = forms.IntegerField(label=_("Days"))

    def __init__(self, *args: Any, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["days"]
        field.help_text = _("%(least)d to %(most)d days") % {"least": least, "most": most}
        field.widget.attrs.update({"min": least, "max": most, "inputmode": "numeric"})
