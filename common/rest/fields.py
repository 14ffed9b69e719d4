"""Fields that point at things: what the caller can't see does not exist for them."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers

from common.errors import NotFound

Scope = Callable[[Any], QuerySet[Any]]


class VisibleField(serializers.PrimaryKeyRelatedField[Any]):
    """The id of something in ``scope(user)``; any other id is a 404, as in an address.

    ``missing`` says so in words. Only what is no id at all is an error of the field.
    """

    def __init__(
        self,
        model: type[Model],
        scope: Scope,
        *,
        missing: Any,
        **kwargs: Any,
    ) -> None:
        self.scope, self.missing = scope, missing
        super().__init__(queryset=model._default_manager.none(), **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        return self.scope(self.context["request"].user)

    def fail(self, key: str, **kwargs: Any) -> Any:
        if key == "does_not_exist":
            # One of a list has no name of its own.
            raise NotFound(self.missing, field=self.field_name or self.parent.field_name)
        super().fail(key, **kwargs)


__all__ = ["VisibleField"]
