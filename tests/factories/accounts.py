"""People for tests: ``UserFactory.create(role="staff", scope=centre)``."""

from datetime import UTC, datetime
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.db import models
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Address, Membership, Notice, Organisation, RoleGrant, User
from accounts.permissions import Role
from common.civil import local_date

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
    # Seen today: their first request writes nothing, so that counted queries are those of the page.
    last_seen_on = factory.LazyFunction(lambda: local_date(timezone.now()))

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


class OrganisationFactory(DjangoModelFactory):
    """A company without members; ``company(user)`` makes one with an administrator."""

    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Elbwind {n} GmbH")
    legal_form = Organisation.LegalForm.GMBH
    created_at = datetime(2026, 1, 1, tzinfo=UTC)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    role = Membership.Role.ADMINISTRATOR
    since = datetime(2026, 1, 1, tzinfo=UTC)


def company(administrator: Any, **fields: Any) -> Organisation:
    """An organisation that this person administers."""
    organisation = OrganisationFactory.create(**fields)
    MembershipFactory.create(organisation=organisation, user=administrator)
    return organisation


def member(organisation: Organisation, role: str = "driver", **person: Any) -> User:
    """Somebody new who acts for the organisation."""
    return MembershipFactory.create(
        organisation=organisation, role=role, user=UserFactory.create(**person)
    ).user
