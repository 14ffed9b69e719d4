"""People for tests: ``UserFactory.create(role="staff", scope=centre)``."""

from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.db import models
from factory.django import DjangoModelFactory

from accounts.models import Address, Notice, RoleGrant, User
from accounts.permissions import Role

PASSWORD = "Nordlicht-2026"


class UserFactory(DjangoModelFactory):
    """A person with a verified address, who signs in with PASSWORD.

    ``role`` grants one role, everywhere or within ``scope`` (a model instance).
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    first_name = factory.Sequence(lambda n: f"Anna{n}")
    last_name = "Lindqvist"
    language = "de"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(password=kwargs.pop("password", PASSWORD), **kwargs)

    @classmethod
    def create(
        cls, *, role: Role | str | None = None, scope: models.Model | None = None, **kwargs: Any
    ) -> User:
        user: User = super().create(**kwargs)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if role is not None and role != Role.OWNER:
            RoleGrant.objects.create(
                user=user,
                role=role,
                scope_kind=scope._meta.label_lower if scope is not None else "",
                scope_id=scope.pk if scope is not None else None,
            )
        return user


class AddressFactory(DjangoModelFactory):
    class Meta:
        model = Address

    user = factory.SubFactory(UserFactory)
    street = "Große Elbstraße 41"
    postcode = "22767"
    town = "Hamburg"


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    kind = "accounts.welcome"
