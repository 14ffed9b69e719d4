"""A form field for whose something is: one's own, or an organisation's that one runs."""

from typing import Any

from django import forms

from accounts.models import Organisation


class HolderSelect(forms.Select):
    def use_required_attribute(self, initial: Any) -> bool:
        return False  # its empty choice is an answer


class HolderField(forms.ModelChoiceField):
    """Always answered: the empty choice means oneself, and is cleaned to None."""

    widget = HolderSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organisation.objects.none(), **kwargs)

    def clean(self, value: Any) -> Organisation | None:
        return None if value in self.empty_values else super().clean(value)
