"""Whoever adds a model that says something about a person says what becomes of it."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import User
from accounts.privacy import parts

# What looks personal and is in no part, with the reason.
APART = {
    "accounts.ConsentText": "who published a text: a colleague, by number",
    "accounts.LegalText": "who published a text: a colleague, by number",
    "accounts.ImportRun": "which colleague brought a file: by number",
    "accounts.Brand": "the house's own address",
    "accounts.Partner": "a company, and which colleague registered it",
    "accounts.Organisation": "a company: it has members, and its own end",
    "accounts.RetentionRule": "which colleague chose a time: by number",
    "accounts.RetentionRun": "a rule, not a person",
    "allauth_idp_oidc.Client": "a partner's client; its owner is a colleague",
    "auth.Group": "a name of rights",
    "auth.Permission": "a name of rights",
    "accounts.User_groups": "emptied with the person (accounts/privacy/people.py)",
    "accounts.User_user_permissions": "emptied with the person (accounts/privacy/people.py)",
    "community.Category": "a room of the forum",
    "services.Centre": "the house's own address",
    "services.Closure": "a name of a holiday",
    "services.ExtraOpening_people": "who works on an extra day, by number of their row in the plan",
    "services.Allocation": "which bay and technician a visit holds, by number",
    "journal.Subject": "the number of a thing",
    "journal.ReactionRun": "a duty to an event, by number",
    "journal.OutboxEntry": "numbers; delivered ones go after 30 days",
    "socialaccount.SocialApp": "a provider's settings",
    "sessions.Session": "sealed; ends with its UserSession",
    "subscriptions.Plan": "a name of a plan",
    "subscriptions.PlanVersion": "a price list",
    "vehicles.VehicleModel": "a name of a model",
}
TELLING = ("email", "phone", "first_name", "last_name", "street")


def held() -> set[type[models.Model]]:
    return {model for part in parts.all_parts() for model in part.models}


def relations(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.get_fields():
        if field.concrete and (field.many_to_one or field.one_to_one):
            yield field


def is_personal(model: type[models.Model], personal: set[type[models.Model]]) -> bool:
    """Points at a person, or at what is personal, or has a column that tells of one."""
    if any(field.related_model in personal for field in relations(model)):
        return True
    columns = [field.name for field in model._meta.concrete_fields if not field.is_relation]
    return any(word in column for column in columns for word in TELLING) or any(
        isinstance(field, models.EmailField) for field in model._meta.concrete_fields
    )


def all_personal() -> set[type[models.Model]]:
    """Grows until nothing more points at it; what is apart passes nothing on."""
    found: set[type[models.Model]] = {User}
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            if model not in found and is_personal(model, found - apart())
        }
        if not more:
            return found
        found |= more


def apart() -> set[type[models.Model]]:
    return {apps.get_model(label) for label in APART if label in known_labels()}


def known_labels() -> set[str]:
    return {model._meta.label for model in apps.get_models(include_auto_created=True)}


def test_every_model_with_personal_data_is_in_a_part() -> None:
    homeless = all_personal() - held() - apart()
    names = sorted(model._meta.label for model in homeless)
    assert not names, f"in no part of <app>/privacy.py, and not in the list of this test: {names}"


def test_the_exceptions_are_still_there_and_are_none_of_the_parts() -> None:
    assert set(APART) <= known_labels(), sorted(set(APART) - known_labels())
    both = {model._meta.label for model in apart() & held()}
    assert not both, f"in a part and in the list of exceptions: {both}"


def test_each_model_is_in_one_part_only() -> None:
    listed = [model for part in parts.all_parts() for model in part.models]
    assert len(listed) == len(set(listed))


def test_each_part_says_in_words_what_goes_or_stays() -> None:
    for part in parts.all_parts():
        assert part.goes or part.stays, part.name
