"""Form fields whose choices depend on who asks."""

from typing import Any

from django import forms
from django.db.models import QuerySet


def offer(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Let the form's field ``name`` choose among these rows, and no others."""
    field: Any = form.fields[name]
    field.queryset = rows


__all__ = ["offer"]
